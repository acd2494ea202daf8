import assert from "node:assert/strict";
import { parseLog, parseRate } from "./pgbench.ts";

Deno.test("pgbench's rate is that without the time for connecting", () => {
  const report = "number of failed transactions: 0 (0.000%)\nlatency average = 0.224 ms\n" +
    "initial connection time = 12.345 ms\ntps = 35709.218 (without initial connection time)\n";
  assert.equal(parseRate(report), 35709.218);
  assert.equal(parseRate("pgbench: error: no such table"), null);
});

Deno.test("pgbench's log has response times and schedule lags, and what lies between them", () => {
  const { response, lag, served } = parseLog([
    "0 1 412 0 1700000000 123456 98",
    "1 1 250 0 1700000000 123999 31",
    "",
    "0 2 4912 0 1700000001 456",
  ]);
  assert.deepEqual([...response], [250, 412]);
  assert.deepEqual([...lag], [31, 98]);
  assert.deepEqual([...served], [219, 314]);
});
