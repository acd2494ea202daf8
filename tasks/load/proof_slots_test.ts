import assert from "node:assert/strict";
import { proofRequest, proofSlot, proofSlots, SAMPLES } from "./proof_slots.ts";
import type { LoadedScenario } from "./scenario.ts";

Deno.test("a slot of the comparison tells its operation and whose values it was given", () => {
  const operations = [{ write: false }, { write: true }, {
    write: true,
  }] as unknown as LoadedScenario["operations"];
  for (const arms of [1, 2, 4]) {
    const slots = proofSlots({ operations }, arms);
    assert.equal(slots.length, 2 * SAMPLES * (arms + 1));
    for (const { slot, operation } of slots) {
      const asked = proofRequest(slot, arms);
      assert.equal(asked.operation, operation);
      assert.ok(asked.drawnBy <= slot && slot <= asked.drawnBy + arms);
    }
    assert.deepEqual(proofRequest(proofSlot(2, 3, arms) + arms, arms), {
      operation: 2,
      drawnBy: proofSlot(2, 3, arms),
    });
  }
});
