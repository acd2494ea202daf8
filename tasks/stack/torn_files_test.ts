import assert from "node:assert/strict";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import { acquireLock, inspectLock } from "./lock.ts";
import { self } from "./process.ts";
import { orphans, readRecords, record, stopServices } from "./state.ts";

const WHOLE = JSON.stringify({
  schema: 1,
  services: [{
    name: "postgres",
    process: self(),
    port: 5432,
    stopSignal: "SIGINT",
    owner: { kind: "bench", process: self() },
    facts: {},
  }],
});
const TORN = [
  "",
  "{",
  "null",
  "7",
  '"text"',
  "[]",
  "{}",
  "\0\0\0\0",
  "\ud83d",
  '{"services":null}',
  '{"services":[null,7,{},[]]}',
  '{"services":[{"process":{"pid":-1,"startedAt":"x"}},{"process":null},{"process":{"pid":1e300}}]}',
  `{"services":[{"name":"postgres","process":${JSON.stringify(self())}}]}`,
  WHOLE.slice(0, 60),
  '{"process":null}',
  '{"process":{"pid":"1"},"what":7}',
];

Deno.test("a torn record of what runs names nothing, ends nothing and keeps no start from writing its own", () =>
  withTempDir(async (home) => {
    const path = join(home, "stack.json");
    Deno.writeTextFileSync(path, WHOLE);
    assert.equal(readRecords(home).length, 1);
    for (const text of [...TORN, null]) {
      Deno.removeSync(path, { recursive: true });
      if (text === null) Deno.mkdirSync(path);
      else Deno.writeTextFileSync(path, text);
      assert.deepEqual(orphans(readRecords(home)), []);
      assert.deepEqual(readRecords(home), [], String(text));
      await stopServices(home, readRecords(home)).catch(() => assert.equal(text, null));
      const added = record(home, {
        name: "redis",
        process: self(),
        port: 1,
        stopSignal: "SIGTERM",
        facts: {},
      }, "up");
      assert.deepEqual(readRecords(home), [added]);
    }
  }));

Deno.test("a torn lock file, or a folder in its place, is a free one, and holds nobody back", () =>
  withTempDir((home) => {
    acquireLock(home, "first").release();
    const path = join(home, "bench.lock");
    for (const text of [...TORN, null]) {
      Deno.removeSync(path, { recursive: true });
      if (text === null) Deno.mkdirSync(path);
      else Deno.writeTextFileSync(path, text);
      assert.equal(inspectLock(home).state, "free", String(text));
      const lock = acquireLock(home, "bench");
      assert.equal(inspectLock(home).state, "held");
      // Who holds it may be torn too.
      if (text !== null) Deno.writeTextFileSync(path, text);
      assert.throws(() => acquireLock(home, "seed"), /^\w*Error: Cannot run seed now: .* is using/);
      lock.release();
    }
  }));
