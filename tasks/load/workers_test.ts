import assert from "node:assert/strict";
import { defaultWorkers } from "./workers.ts";

Deno.test("an open loop takes half of the cores, a closed one two threads where there are two cores", () => {
  const cores = [1, 2, 3, 4, 8, 64];
  assert.deepEqual(cores.map((count) => defaultWorkers("open", 100, count)), [1, 1, 1, 2, 4, 32]);
  assert.deepEqual(cores.map((count) => defaultWorkers("closed", 100, count)), [1, 2, 2, 2, 4, 32]);
});

Deno.test("no thread is without a connection, and there is always one", () => {
  assert.equal(defaultWorkers("closed", 1, 8), 1);
  assert.equal(defaultWorkers("open", 3, 64), 3);
});
