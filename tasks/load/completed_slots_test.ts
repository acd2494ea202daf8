import assert from "node:assert/strict";
import fc from "fast-check";
import { CACHE_STATES, OUTCOMES } from "../model/timing.ts";
import { type CompletedSlot, CompletedSlots, completedSlots } from "./completed_slots.ts";

const row: fc.Arbitrary<CompletedSlot> = fc.record({
  operationId: fc.nat(50),
  doneUs: fc.nat(),
  outcome: fc.constantFrom(...OUTCOMES),
  responseUs: fc.oneof(fc.nat(), fc.constant(Infinity)),
  cache: fc.option(fc.constantFrom(...CACHE_STATES)),
}, { noNullPrototype: true });

Deno.test("what was completed arrives as it was, once, however much there is", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.nat(3), (rows, times) => {
      const completed = new CompletedSlots();
      const many = Array.from({ length: times * 100 + 1 }, () => rows).flat();
      for (const each of many) completed.push(each);
      assert.deepEqual([...completedSlots(completed.take())], many);
      assert.deepEqual([...completedSlots(completed.take())], []);
    }),
    { numRuns: 30 },
  );
});
