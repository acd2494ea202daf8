import assert from "node:assert/strict";
import fc from "fast-check";
import { byteTicks, logTicks } from "./ticks.ts";
import { quantileName } from "../model/units.ts";

Deno.test("ticks of a log axis lie within the values, ascend, and are no more than asked for", () => {
  const ms = fc.double({ min: 1e-4, max: 1e6, noNaN: true });
  fc.assert(fc.property(ms, ms, (a, b) => {
    const ticks = logTicks([a, b], 7);
    assert.ok(ticks.length <= 7);
    for (const [index, tick] of ticks.entries()) {
      assert.ok(tick >= Math.min(a, b) * 0.998 && tick <= Math.max(a, b) * 1.002);
      assert.ok(index === 0 || tick > ticks[index - 1]!);
    }
  }));
});

Deno.test("one decade gets the ticks 1, 2, 5 and 10", () => {
  assert.deepEqual(logTicks([1, 10]), [1, 2, 5, 10]);
});

Deno.test("an axis of no values has one tick", () => {
  assert.deepEqual(logTicks([null, 0]), [1]);
});

Deno.test("bytes have ticks at whole binary units", () => {
  assert.deepEqual(byteTicks(3.5 * 2 ** 30), [0, 2 ** 30, 2 * 2 ** 30, 3 * 2 ** 30]);
});

Deno.test("quantiles are named as people say them", () => {
  assert.deepEqual([0.5, 0.95, 0.999, 0.9999].map(quantileName), ["p50", "p95", "p99.9", "p99.99"]);
});
