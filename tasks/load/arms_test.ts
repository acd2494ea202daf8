import assert from "node:assert/strict";
import { armRecords } from "./arms.ts";

Deno.test("arms are recorded under their own names, and who asks by direct SQL is the baseline, else the first", () => {
  const records = (...arms: [name: string, path: string][]) =>
    armRecords(arms.map(([name, path]) => ({ name, target: { path, url: "" } })))
      .map(({ armId, name, path, role }) => [armId, name, path, role]);
  assert.deepEqual(records(["fast", "graphql"], ["plain", "sql"], ["twin", "sql"]), [
    [0, "fast", "graphql", "candidate"],
    [1, "plain", "sql", "baseline"],
    [2, "twin", "sql", "candidate"],
  ]);
  assert.deepEqual(records(["sql", "graphql"], ["b", "sql+cache"]), [
    [0, "sql", "graphql", "baseline"],
    [1, "b", "sql+cache", "candidate"],
  ]);
});
