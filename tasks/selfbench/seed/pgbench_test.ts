import assert from "node:assert/strict";
import { statusBytes } from "../../observe/process_memory.ts";
import { pgbenchRows, pgbenchScale } from "./pgbench.ts";

Deno.test("pgbench gets about as many rows, ten million at most", () => {
  assert.deepEqual([0, 10_000, 1_040_000, 10_001_100, 18_000_000].map(pgbenchScale), [1, 1, 10, 100, 100]);
  assert.equal(pgbenchRows(100), 10_001_100);
});

Deno.test("the peak of the resident memory is read in bytes", () => {
  assert.equal(
    statusBytes("VmPeak:\t 9000 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 1000 kB\n", "VmHWM"),
    1234 * 1024,
  );
  assert.equal(statusBytes("Name:\tdeno\n", "VmHWM"), null);
});
