import assert from "node:assert/strict";
import { mendOf, type Otherwise } from "./proof_failure.ts";

const SAME: Otherwise = {
  asked: "list.sql",
  reference: "list.sql",
  arm: { name: "mine" },
  elsewhere: false,
  hasSettings: false,
};
const read = (otherwise: Partial<Otherwise>) => mendOf({ name: "list" }, { ...SAME, ...otherwise });
const write = (otherwise: Partial<Otherwise>) =>
  mendOf({ name: "list", write: true }, { ...SAME, ...otherwise });

Deno.test("where answers differ, what the arm has otherwise is to be mended, and no file is held against itself", () => {
  const change = { arm: { name: "upd", file: "upd.sql" }, elsewhere: true };
  assert.equal(
    read(change),
    "The change upd.sql changes what list returns: keep what it reads, or exempt the arm by --no-prove upd",
  );
  assert.match(write(change), /^The change upd\.sql changes .*; and list\.check\.sql must find only/);
  assert.match(
    read({ arm: { name: "other", file: "other.json" }, elsewhere: true }),
    /^The database of the arm other holds other data than the run's: fill both alike, or, .*--no-prove other$/,
  );
  assert.match(read({ hasSettings: true }), /^Leave out those of the arm's session settings that change/);
  assert.equal(read({ asked: "mine/list.sql" }), "Make mine/list.sql ask the same as list.sql");
  assert.match(
    read({ ...change, asked: "list.graphql" }),
    /--no-prove upd; or make list\.graphql ask the same as list\.sql$/,
  );
  assert.match(read({}), /^list\.sql must return the same each time/);
  assert.match(write({}), /^list\.check\.sql must find only/);
  for (const text of [read(change), read({}), read({ hasSettings: true })]) {
    assert.doesNotMatch(text, /ask the same as/);
  }
});
