import assert from "node:assert/strict";
import fc from "fast-check";
import { alias } from "./alias.ts";
import { counter } from "./counter.ts";
import { exponential, lognormal, normal, normalQuantile, truncatedExponential } from "./distributions.ts";
import { permutation } from "./permutation.ts";
import { shuffle } from "./shuffle.ts";
import { chiSquare, withinChiSquare } from "./testing.ts";
import { tabulated } from "./tabulated.ts";
import { zipf, zipfWeights } from "./zipf.ts";

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

Deno.test("an alias table gives every outcome with its weight's share", () => {
  const weights = [5, 0, 1, 3, 0.5, 20];
  const random = counter(5, "alias");
  const table = alias(weights);
  const counts = new Float64Array(weights.length);
  const n = 100_000;
  for (let i = 0; i < n; i++) counts[table.sample(random.float(i))]!++;
  assert.equal(counts[1], 0);
  const kept = [0, 2, 3, 4, 5];
  withinChiSquare(chiSquare(kept.map((i) => counts[i]!), kept.map((i) => n * weights[i]! / 29.5)), 4);
});

Deno.test("an alias table's columns add up to the weights exactly, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }), (weights) => {
      fc.pre(weights.some((weight) => weight > 0));
      const table = alias(weights);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const steps = 2000 * weights.length;
      const counts = new Float64Array(weights.length);
      for (let i = 0; i < steps; i++) counts[table.sample((i + 0.5) / steps)]!++;
      weights.forEach((weight, i) =>
        assert(Math.abs(counts[i]! / steps - weight / total) < 1.1 * weights.length / steps)
      );
    }),
    { numRuns: 30 },
  );
});

Deno.test("weights that make no distribution are refused", () => {
  assert.throws(() => alias([]), RangeError);
  assert.throws(() => alias([0, 0]), RangeError);
  assert.throws(() => alias([1, -1]), RangeError);
  assert.throws(() => alias([NaN]), RangeError);
});

Deno.test("Zipf by rejection-inversion has the probabilities that its definition gives", () => {
  const random = counter(6, "zipf");
  for (const s of [0, 0.5, 0.99, 1, 1.2, 2.5]) {
    const n = 50;
    const draws = 60_000;
    const weights = zipfWeights(n, s);
    const total = weights.reduce((sum, weight) => sum + weight);
    const sampler = zipf(n, s);
    const counts = new Float64Array(n);
    for (let i = 0; i < draws; i++) counts[sampler.sample(random, i, 2)]!++;
    // Ranks too rare for Pearson's statistic are pooled.
    const common = [...weights.keys()].filter((rank) => draws * weights[rank]! / total >= 10);
    const pool = (values: Float64Array) =>
      [
        ...common.map((rank) => values[rank]!),
        values.reduce((sum, value, rank) => common.includes(rank) ? sum : sum + value, 0),
      ].slice(0, common.length === n ? n : n + 1);
    withinChiSquare(
      chiSquare(pool(counts), pool(weights.map((weight) => draws * weight / total))),
      common.length === n ? n - 1 : common.length,
      `s = ${s}`,
    );
  }
});

Deno.test("Zipf stays within its ranks for ten million keys and for one", () => {
  const random = counter(7, "zipf");
  for (const [n, s] of [[10_000_000, 1.1], [10_000_000, 0.6], [1, 1], [2, 5]] as const) {
    const sampler = zipf(n, s);
    for (let i = 0; i < 2000; i++) {
      const rank = sampler.sample(random, i, 0);
      assert(Number.isInteger(rank) && rank >= 0 && rank < n);
    }
  }
  assert.throws(() => zipf(0, 1), RangeError);
  assert.throws(() => zipf(10, -1), RangeError);
});

Deno.test("the normal quantile agrees with published values", () => {
  // Wichura's own test values, and the usual table.
  const known: [number, number][] = [
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798408],
    [0.5, 0],
    [0.975, 1.959963984540054],
  ];
  for (const [p, z] of known) {
    assert(Math.abs(normalQuantile(p) - z) <= 4e-15 * Math.max(1, Math.abs(z)), `p = ${p}`);
  }
  assert(Number.isFinite(normal(0)));
});

Deno.test("exponential, truncated and log-normal draws have the moments asked for", () => {
  const n = 100_000;
  const mean = (f: (u: number) => number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += f((i + 0.5) / n);
    return sum / n;
  };
  assert(Math.abs(mean((u) => exponential(u, 3)) - 3) < 0.001);
  assert(Math.abs(mean((u) => truncatedExponential(u, 0.2, 1)) - (0.2 - 1 / Math.expm1(5))) < 0.0001);
  assert.equal(lognormal(0.5, 7, 0.8), 7);
  assert(Math.abs(mean((u) => Math.log(lognormal(u, 7, 0.8)) ** 2) - (Math.log(7) ** 2 + 0.64)) < 0.001);
  fc.assert(fc.property(unit, (u) => {
    const value = truncatedExponential(u, 0.3, 1);
    assert(value >= 0 && value < 1);
  }));
});

Deno.test("a permutation is a bijection and differs from seed to seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (n, seed) => {
      const image = permutation(n, seed, "p");
      const seen = new Set(Array.from({ length: n }, (_, i) => image(i)));
      assert.equal(seen.size, n);
      assert([...seen].every((value) => value >= 0 && value < n));
    }),
    { numRuns: 25 },
  );
  const first = Array.from({ length: 100 }, (_, i) => permutation(100, 1, "p")(i));
  assert.notDeepEqual(first, Array.from({ length: 100 }, (_, i) => permutation(100, 2, "p")(i)));
});

Deno.test("a permutation of 2^48 values stays exact and in range", () => {
  const image = permutation(2 ** 48, 9, "large");
  const seen = new Set<number>();
  for (let i = 0; i < 1000; i++) {
    const value = image(2 ** 48 - 1 - i * 997);
    assert(Number.isSafeInteger(value) && value >= 0 && value < 2 ** 48);
    seen.add(value);
  }
  assert.equal(seen.size, 1000);
  assert.throws(() => image(2 ** 48), RangeError);
});

Deno.test("a permutation scatters: images of the first values fill the range evenly", () => {
  const image = permutation(1_000_000, 11, "scatter");
  const cells = new Float64Array(50);
  for (let i = 0; i < 20_000; i++) cells[Math.floor(image(i) / 20_000)]!++;
  withinChiSquare(chiSquare(cells), 49);
});

Deno.test("a shuffle keeps the items, repeats for the same index and makes every order equally likely", () => {
  const random = counter(12, "blocks");
  const orders = new Map<string, number>();
  for (let round = 0; round < 12_000; round++) {
    const order = shuffle(["a", "b", "c"], random, round).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.equal(orders.size, 6);
  withinChiSquare(chiSquare([...orders.values()]), 5);
  assert.deepEqual(shuffle([1, 2, 3, 4], random, 5), shuffle([1, 2, 3, 4], random, 5));
});

Deno.test("a tabulated distribution has the shares of its quantile function", () => {
  const table = tabulated((u) => exponential(u, 5));
  const random = counter(13, "tabulated");
  const counts = new Float64Array(10);
  const n = 50_000;
  for (let i = 0; i < n; i++) counts[Math.min(9, table(random.float(i)))]!++;
  const shares = Array.from(
    { length: 10 },
    (_, k) => n * (Math.exp(-k / 5) - (k === 9 ? 0 : Math.exp(-(k + 1) / 5))),
  );
  withinChiSquare(chiSquare(counts, shares), 9);
});
