import assert from "node:assert/strict";
import { isReservedKey, keyWrites, proofRequest, proofSlot, proofSlots, SAMPLES } from "./proof_slots.ts";
import type { LoadedScenario } from "./scenario.ts";

Deno.test("a slot of the comparison tells its operation and whose values it was given", () => {
  const operations = [{ params: {} }, { write: true, params: {} }, {
    write: true,
    params: {},
  }] as unknown as LoadedScenario[
    "operations"
  ];
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

Deno.test("a step that captures what another wrote is compared under keys that both write under", () => {
  const captured = (from: string) => ({ id: { kind: "captured", from, column: "id" } });
  const operations = [
    { name: "list", params: {} },
    { name: "place", write: true, params: captured("list") },
    { name: "look", params: captured("place") },
    { name: "ship", write: true, params: captured("look") },
  ] as unknown as LoadedScenario["operations"];
  assert.deepEqual(operations.map((_, at) => keyWrites(operations, at)), [[], [1], [1], [1, 3]]);
  const odd = [{ name: "a", write: true, params: { ...captured("a"), other: captured("nobody").id } }];
  assert.deepEqual(keyWrites(odd as unknown as LoadedScenario["operations"], 0), [0]);
  const slots = proofSlots({ operations }, 1);
  assert.equal(slots.length, 4 * SAMPLES * 2);
  for (const [asked, operation] of [[1, 1], [2, 1], [3, 1], [3, 3]] as const) {
    assert.ok(
      slots.some((each) => each.slot === proofSlot(asked, 0, 1) + 1 && each.operation === operation),
      `${asked} ${operation}`,
    );
  }
});

Deno.test("a key is reserved, also where a step took it from one that wrote under it", () => {
  const captured = (from: string, column: string) => ({ kind: "captured", from, column }) as const;
  const operations = [
    { name: "list", params: {} },
    {
      name: "place",
      write: true,
      params: { id: { kind: "reserved", keys: "k" }, product: captured("list", "product") },
    },
    { name: "look", params: { id: captured("place", "id") } },
  ] as unknown as LoadedScenario["operations"];
  const asked = [["place", "id"], ["look", "id"], ["place", "product"], ["list", "id"]] as const;
  assert.deepEqual(
    asked.map(([from, column]) => isReservedKey(operations, captured(from, column))),
    [true, true, false, false],
  );
});
