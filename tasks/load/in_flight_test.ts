import assert from "node:assert/strict";
import fc from "fast-check";
import { InFlight, type Linked } from "./in_flight.ts";

interface Item extends Linked<Item> {
  readonly id: number;
}

function item(id: number): Item {
  return { id, before: null, after: null, inFlight: false };
}

Deno.test("whatever ends in whatever order, those left stay in the order in which they began", () => {
  fc.assert(fc.property(fc.array(fc.nat(30), { maxLength: 60 }), (steps) => {
    const list = new InFlight<Item>();
    const model = new Set<Item>();
    const items = Array.from({ length: 31 }, (_, id) => item(id));
    for (const id of steps) {
      const each = items[id]!;
      if (model.has(each)) {
        assert.equal(list.delete(each), model.delete(each));
        assert.equal(list.delete(each), false);
      } else {
        list.add(each);
        model.add(each);
      }
      assert.equal(list.size, model.size);
      const found: number[] = [];
      for (let at = list.oldest; at !== null; at = at.after) found.push(at.id);
      assert.deepEqual(found, [...model].map(({ id }) => id));
    }
  }));
});
