import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bounded, difference } from "./difference.ts";

Deno.test("the interval of a difference adds the distances to the ends as squares", () => {
  const found = difference({ value: 20, low: 17, high: 26 }, { value: 10, low: 2, high: 14 });
  assert.deepEqual(found, { value: 10, low: 10 - Math.hypot(3, 4), high: 10 + Math.hypot(6, 8) });
});

Deno.test("an end that needs one that is not there is not there either", () => {
  const whole = { value: 10, low: 9, high: 12 };
  assert.deepEqual(difference({ ...whole, high: null }, whole), { value: 0, low: -Math.sqrt(5), high: null });
  assert.deepEqual(difference(whole, { ...whole, low: null }), { value: 0, low: -Math.sqrt(5), high: null });
  assert.equal(difference({ ...whole, low: null }, whole).low, null);
  assert.equal(difference(whole, { ...whole, high: null }).low, null);
});

Deno.test("a difference the other way round is the same with its sign and its ends turned round", () => {
  const distance = fc.double({ min: 0, max: 1e6, noNaN: true });
  const bounded = fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), distance, distance)
    .map(([value, below, above]): Bounded => ({ value, low: value - below, high: value + above }));
  fc.assert(fc.property(bounded, bounded, (a, b) => {
    const [one, other] = [difference(a, b), difference(b, a)];
    const near = (x: number, y: number) => assert.ok(Math.abs(x - y) <= 1e-6 * (1 + Math.abs(x)));
    near(one.value, -other.value);
    near(one.low!, -other.high!);
    near(one.high!, -other.low!);
    assert.ok(one.low! <= one.value && one.value <= one.high!);
    // No narrower than either alone, and no wider than both put together.
    const width = (of: Bounded) => of.high! - of.low!;
    assert.ok(width(one) <= width(a) + width(b) + 1e-6 * (1 + Math.abs(a.value) + Math.abs(b.value)));
  }));
});
