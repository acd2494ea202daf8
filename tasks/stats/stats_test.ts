import assert from "node:assert/strict";
import fc from "fast-check";
import { binomial } from "./binomial.ts";
import { holm } from "./holm.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { wilson } from "./proportion.ts";
import { mad, median } from "./robust.ts";

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

Deno.test("the normal distribution agrees with R's pnorm and qnorm, far tails included", () => {
  near(normalCdf(-8), 6.22096057427174e-16);
  near(normalCdf(-3), 0.0013498980316300933);
  near(normalCdf(0.3), 0.6179114221889526);
  near(normalCdf(2.5), 0.9937903346742238);
  near(normalQuantile(0.975), 1.959963984540054);
  near(normalQuantile(0.3), -0.5244005127080409);
  near(normalQuantile(1e-6), -4.753424308822899);
  assert.equal(normalQuantile(0), -Infinity);
  assert.equal(normalQuantile(1), Infinity);
});

Deno.test("binomial tails agree with scipy's and add up to one", () => {
  near(binomial(20, 0.3).cdf(3), 0.10708680450373087);
  near(binomial(1000, 0.99).tail(985), 0.9175876804839108);
  near(binomial(100, 0.95).cdf(94), 0.3840008720438596);
  near(binomial(368, 0.99).tail(367), 0.99 ** 368);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 999 }),
      fc.nat(5000),
      (n, p, k) => {
        const { cdf, tail } = binomial(n, p / 1000);
        near(cdf(k) + tail(k), 1);
      },
    ),
  );
});

Deno.test("Wilson's interval has Newcombe's published values", () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [hits, n, low, high] of published) {
    const found = wilson(hits, n)!;
    assert.equal(found.low.toFixed(4), low.toFixed(4));
    assert.equal(found.high.toFixed(4), high.toFixed(4));
  }
  assert.equal(wilson(0, 0), null);
  assert.equal(wilson(20, 20)!.high, 1);
});

Deno.test("Wilson's ends are the shares from which the one found is just as far off as the level allows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.float({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const hits = Math.round(share * n);
      const { low, high } = wilson(hits, n)!;
      const z = normalQuantile(0.975);
      for (const end of [low, high]) {
        // (p̂ − p)² = z² p (1 − p) / n, by which Wilson defines them.
        assert.ok(Math.abs((hits / n - end) ** 2 - z * z * end * (1 - end) / n) < 1e-12);
      }
      assert.ok(low >= 0 && low <= hits / n && hits / n <= high && high <= 1);
      const misses = wilson(n - hits, n)!;
      near(1 + 1 - misses.high, 1 + low);
      near(1 + 1 - misses.low, 1 + high);
      const more = wilson(4 * hits, 4 * n)!;
      assert.ok(more.high - more.low < high - low);
      const surer = wilson(hits, n, 0.99)!;
      assert.ok(surer.low <= low && surer.high >= high);
    }),
  );
});

Deno.test("Holm's adjustment is R's p.adjust", () => {
  assert.deepEqual(holm([0.01, 0.02, 0.03, 0.04]).map((p) => Number(p.toFixed(12))), [
    0.04,
    0.06,
    0.06,
    0.06,
  ]);
  assert.deepEqual(holm([0.5, 0.01, 0.9]).map((p) => Number(p.toFixed(12))), [1, 0.03, 1]);
  assert.deepEqual(holm([]), []);
});

Deno.test("Holm keeps the order of ps, whatever theirs is, and lies between none and Bonferroni", () => {
  const ps = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(ps, fc.integer({ min: 0, max: 11 }), (ps, turn) => {
    const adjusted = holm(ps);
    for (const [at, p] of ps.entries()) {
      assert.ok(adjusted[at]! >= p - 1e-15 && adjusted[at]! <= Math.min(1, ps.length * p) + 1e-15);
      for (const [other, q] of ps.entries()) assert.ok(p >= q || adjusted[at]! <= adjusted[other]!);
    }
    // The smallest is Bonferroni's, and the same hypotheses are rejected as by Holm's own steps.
    const sorted = ps.toSorted((a, b) => a - b);
    assert.equal(Math.min(...adjusted), Math.min(1, ps.length * sorted[0]!));
    const kept = sorted.findIndex((p, at) => p > 0.05 / (ps.length - at));
    const rejected = ps.filter((_, at) => adjusted[at]! <= 0.05).length;
    assert.equal(rejected, kept === -1 ? ps.length : kept);
    const turned = [...ps.slice(turn % ps.length), ...ps.slice(0, turn % ps.length)];
    assert.deepEqual(holm(turned).toSorted(), adjusted.toSorted());
  }));
});

Deno.test("median and MAD withstand wild values", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([]), null);
  // R: mad(c(1, 1, 2, 2, 4, 6, 9)) = 1.4826
  near(mad([1, 1, 2, 2, 4, 6, 9])!, 1.4826);
  near(mad([1, 1, 2, 2, 4, 6, 1e9])!, 1.4826);
});
