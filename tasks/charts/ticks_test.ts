import assert from "node:assert/strict";
import fc from "fast-check";
import { byteTicks, evenTicks, logTicks } from "./ticks.ts";
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

Deno.test("where a log axis spans little its ticks are round numbers at even steps, two to five of them", () => {
  assert.deepEqual(evenTicks(4.1, 6.3), [4.5, 5, 5.5, 6]);
  assert.deepEqual(evenTicks(0.37, 0.51), [0.4, 0.45, 0.5]);
  assert.deepEqual(evenTicks(1, 10), [2, 4, 6, 8, 10]);
  const low = fc.double({ min: 1e-4, max: 1e6, noNaN: true });
  fc.assert(fc.property(low, fc.double({ min: 1.05, max: 10, noNaN: true }), (low, factor) => {
    const high = low * factor;
    const ticks = evenTicks(low, high);
    assert.ok(ticks.length >= 2 && ticks.length <= 5, ticks.join());
    for (const tick of ticks) assert.ok(tick >= low * 0.999999 && tick <= high * 1.000001);
    const steps = ticks.slice(1).map((tick, at) => tick - ticks[at]!);
    for (const step of steps) assert.ok(Math.abs(step / steps[0]! - 1) < 1e-4, ticks.join());
  }));
});

Deno.test("bytes have ticks at whole binary units", () => {
  assert.deepEqual(byteTicks(3.5 * 2 ** 30), [0, 2 ** 30, 2 * 2 ** 30, 3 * 2 ** 30]);
});

Deno.test("quantiles are named as people say them", () => {
  assert.deepEqual([0.5, 0.95, 0.999, 0.9999].map(quantileName), ["p50", "p95", "p99.9", "p99.99"]);
});
