import assert from "node:assert/strict";
import fc from "fast-check";
import { SlotSet } from "./slot_set.ts";

Deno.test("a slot is new once and known ever after, near and far", () => {
  const slots = fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 65_500, max: 65_600 }), fc.maxSafeNat()));
  fc.assert(fc.property(slots, (list) => {
    const known = new Set<number>();
    const set = new SlotSet();
    for (const slot of list) {
      assert.equal(set.add(slot), !known.has(slot));
      known.add(slot);
    }
  }));
});
