import assert from "node:assert/strict";
import fc from "fast-check";
import { CACHE_STATES, OUTCOMES } from "../model/timing.ts";
import { type EndedRow, EndedRows, endedRows } from "./ended_rows.ts";

const row: fc.Arbitrary<EndedRow> = fc.record({
  operationId: fc.nat(50),
  doneUs: fc.nat(),
  outcome: fc.constantFrom(...OUTCOMES),
  responseUs: fc.oneof(fc.nat(), fc.constant(Infinity)),
  cache: fc.option(fc.constantFrom(...CACHE_STATES)),
}, { noNullPrototype: true });

Deno.test("what has ended arrives as it was, once, however much there is", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.nat(3), (rows, times) => {
      const ended = new EndedRows();
      const many = Array.from({ length: times * 100 + 1 }, () => rows).flat();
      for (const each of many) ended.push(each);
      assert.deepEqual([...endedRows(ended.take())], many);
      assert.deepEqual([...endedRows(ended.take())], []);
    }),
    { numRuns: 30 },
  );
});
