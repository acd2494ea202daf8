import assert from "node:assert/strict";
import fc from "fast-check";
import { Deadlines } from "./deadlines.ts";

Deno.test("work comes out in the order of its times, whenever it was put in", () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.nat(50), fc.constant("take" as const))), (acts) => {
    const deadlines = new Deadlines();
    const open: number[] = [];
    const done: number[] = [];
    for (const act of acts) {
      if (act === "take") {
        if (open.length === 0) continue;
        assert.equal(deadlines.nextUs, Math.min(...open));
        deadlines.take()();
        open.splice(open.indexOf(done.at(-1)!), 1);
      } else {
        open.push(act);
        deadlines.add(act, () => done.push(act));
      }
      assert.equal(deadlines.size, open.length);
      assert.equal(deadlines.nextUs, Math.min(Infinity, ...open));
    }
  }));
});
