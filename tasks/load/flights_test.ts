import assert from "node:assert/strict";
import fc from "fast-check";
import { Flights, type Linked } from "./flights.ts";

interface Item extends Linked<Item> {
  readonly id: number;
}

function item(id: number): Item {
  return { id, before: null, after: null, aloft: false };
}

Deno.test("whatever ends in whatever order, those left stay in the order in which they began", () => {
  fc.assert(fc.property(fc.array(fc.nat(30), { maxLength: 60 }), (steps) => {
    const flights = new Flights<Item>();
    const model = new Set<Item>();
    const items = Array.from({ length: 31 }, (_, id) => item(id));
    for (const id of steps) {
      const each = items[id]!;
      if (model.has(each)) {
        assert.equal(flights.delete(each), model.delete(each));
        assert.equal(flights.delete(each), false);
      } else {
        flights.add(each);
        model.add(each);
      }
      assert.equal(flights.size, model.size);
      const found: number[] = [];
      for (let at = flights.oldest; at !== null; at = at.after) found.push(at.id);
      assert.deepEqual(found, [...model].map(({ id }) => id));
    }
  }));
});
