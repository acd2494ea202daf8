import assert from "node:assert/strict";
import fc from "fast-check";
import { estimable, quantile, quantileInterval, quantileRank, thin } from "./quantile.ts";

Deno.test("a quantile is the smallest value with at least its share of values at or below it", () => {
  const values = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant(Infinity)), { minLength: 1 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 999 }), (list, thousandths) => {
    const ascending = Float64Array.from(list).sort();
    const found = quantile(ascending, thousandths / 1000)!;
    const below = (value: number) => ascending.filter((each) => each <= value).length;
    assert.ok(below(found) * 1000 >= thousandths * list.length);
    const smaller = ascending.filter((each) => each < found);
    assert.ok(smaller.length * 1000 < thousandths * list.length);
  }));
});

Deno.test("ranks are those of R's type 1, also where n·p is whole but not in binary", () => {
  // R: quantile(1:n, p, type = 1)
  assert.deepEqual(
    [[100, 0.07], [1000, 0.999], [10, 0.9], [7, 0.5], [8, 0.5], [1, 0.99], [1000, 0.57], [5, 0], [5, 1]]
      .map(([n, p]) => quantileRank(n!, p!)),
    [7, 999, 9, 4, 4, 1, 570, 1, 5],
  );
  assert.equal(quantile([], 0.5), null);
});

Deno.test("intervals have the ranks of the binomial distribution", () => {
  // scipy.stats.binom, two-sided 95 %
  assert.deepEqual(quantileInterval(100, 0.5), { low: 40, high: 61 });
  assert.deepEqual(quantileInterval(1000, 0.95), { low: 936, high: 964 });
  assert.deepEqual(quantileInterval(5000, 0.99), { low: 4936, high: 4964 });
  assert.deepEqual(quantileInterval(72, 0.95), { low: 64, high: 72 });
  assert.deepEqual(quantileInterval(71, 0.95), { low: 63, high: null });
  assert.deepEqual(quantileInterval(0, 0.5), { low: null, high: null });
});

Deno.test("p99 is estimable from 368 values on, p99.9 from 3,688, p99.99 from 36,887", () => {
  for (const [n, p] of [[368, 0.99], [3688, 0.999], [36_887, 0.9999]] as const) {
    assert.equal(estimable(n, p), true);
    assert.equal(quantileInterval(n, p).high, n);
    assert.equal(estimable(n - 1, p), false);
    assert.equal(quantileInterval(n - 1, p).high, null);
  }
});

Deno.test("an interval holds the quantile as often as it says", () => {
  let state = 7;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const { low, high } = quantileInterval(200, 0.9);
  let held = 0;
  for (let run = 0; run < 2000; run++) {
    const values = Float64Array.from({ length: 200 }, random).sort();
    if (values[low! - 1]! <= 0.9 && values[high! - 1]! >= 0.9) held++;
  }
  assert.ok(held / 2000 >= 0.94, String(held));
});

Deno.test("a hundred million values have an interval at once, near the exact one", () => {
  const { low, high } = quantileInterval(1e8, 0.5);
  assert.ok(Math.abs(low! - (5e7 - 9800)) <= 2);
  assert.ok(Math.abs(high! - (5e7 + 9800)) <= 2);
  const exact = quantileInterval(3_900_000, 0.5);
  assert.ok(Math.abs(exact.low! - (1_950_000 - 1.959964 * 987.42)) <= 2);
});

Deno.test("a quantile is thin below a hundred values beyond it", () => {
  assert.equal(thin(10_000, 0.99), false);
  assert.equal(thin(9999, 0.99), true);
});
