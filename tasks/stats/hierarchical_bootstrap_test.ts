import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { hierarchicalBootstrap, welch } from "./hierarchical_bootstrap.ts";
import { normalQuantile } from "./normal.ts";
import { bandWithin, madBand, ratioInBand, runBand } from "./run_band.ts";
import { studentEquivalenceP, studentInterval, studentP } from "./student_estimate.ts";

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

/** Runs of blocks: a run's own level, and noise of blocks around it. */
function series(
  seed: number,
  runs: number,
  blocks: number,
  noise: { run: number; block: number },
): number[][] {
  const random = counter(seed, "series");
  let at = 0;
  const normal = () => normalQuantile((random.u32(at++) + 0.5) / 2 ** 32);
  return Array.from({ length: runs }, () => {
    const level = noise.run * normal();
    return Array.from({ length: blocks }, () => level + noise.block * normal());
  });
}

Deno.test("runs' means are compared as scipy's ttest_ind and statsmodels' ttost_ind compare them with unequal variances", () => {
  const of = welch([0.01, 0.05, -0.02, 0.03, 0], [0.11, 0.06, 0.14, 0.09, 0.12, 0.08]);
  near(of.estimate, 0.086);
  near(of.error, 0.016911534525287764);
  near(of.degrees, 8.84376689371824);
  near(studentP(of), 0.0006948441162954412);
  const { low, high } = studentInterval(of, 0.95);
  near(low, 0.04764018130292813);
  near(high, 0.12435981869707186);
  near(studentEquivalenceP(of, Math.log(1.15)), 0.005725986138827396);
});

Deno.test("the interval is that of 60,000 resamples in numpy, to what 2,000 stray by", () => {
  // deno-fmt-ignore
  const base = [
    [0.041, -0.018, 0.049, 0.036, 0.031, 0.016], [0.066, -0.011, 0.023, 0.004, 0.069, 0.035],
    [-0.004, -0.034, -0.002, 0.014, -0.003, 0.091], [0.008, -0.215, -0.165, -0.063, -0.077, -0.039],
    [0.049, 0.163, -0.031, 0.014, 0.159, 0.075],
  ];
  // deno-fmt-ignore
  const candidate = [
    [0.033, 0.066, 0.102, 0.05, 0.101, 0.112], [0.062, 0.029, 0.095, 0.113, 0.079, 0.01],
    [0.058, -0.016, 0.067, -0.05, 0.069, 0.013], [0.012, 0.068, 0.09, 0.103, 0.028, 0.02],
    [0.096, 0.056, 0.098, 0.13, -0.015, 0.1],
  ];
  const of = hierarchicalBootstrap(base, candidate, { seed: 1, resamples: 4000 })!;
  near(of.estimate, 0.04993333333333333);
  near(of.degrees, 5.059057145244746);
  near(studentP(of), 0.14524887939735354);
  // Percentiles 0.52 and 99.48 of runs that are spread by √(5 / 4), drawn with their blocks by default_rng.
  assert.ok(Math.abs(of.interval!.low + 0.02203) < 0.007, `${of.interval!.low}`);
  assert.ok(Math.abs(of.interval!.high - 0.13781) < 0.007, `${of.interval!.high}`);
});

Deno.test("95 % intervals of five runs against five hold the truth about as often, whatever varies", () => {
  const times = 100;
  for (const noise of [{ run: 0.05, block: 0.02 }, { run: 0.03, block: 0.1 }]) {
    let holds = 0;
    for (let seed = 0; seed < times; seed++) {
      const [base, candidate] = [series(2 * seed, 5, 12, noise), series(2 * seed + 1, 5, 12, noise)];
      const { interval } = hierarchicalBootstrap(base, candidate, { seed, resamples: 600 })!;
      if (interval!.low <= 0 && 0 <= interval!.high) holds++;
    }
    assert.ok(
      holds / times >= 0.89,
      `${JSON.stringify(noise)}: ${holds} of ${times}`,
    );
  }
});

Deno.test("the same seed draws the same, another unit moves all alike, and exchanged sides turn the sign", () => {
  const sides = fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: -3, max: 3, noNaN: true }));
  fc.assert(
    fc.property(sides, ([seed, shift]) => {
      const noise = { run: 0.05, block: 0.05 };
      const [base, candidate] = [series(seed, 6, 8, noise), series(seed + 1, 5, 9, noise)];
      const options = { seed, resamples: 400 };
      const plain = hierarchicalBootstrap(base, candidate, options)!;
      assert.deepEqual(hierarchicalBootstrap(base, candidate, options), plain);
      const moved = hierarchicalBootstrap(
        base,
        candidate.map((run) => run.map((log) => log + shift)),
        options,
      )!;
      assert.ok(Math.abs(moved.estimate - plain.estimate - shift) < 1e-9);
      assert.ok(Math.abs(moved.interval!.low - plain.interval!.low - shift) < 1e-9);
      const back = hierarchicalBootstrap(candidate, base, options)!;
      assert.ok(
        Math.abs(back.estimate + plain.estimate) < 1e-12 && Math.abs(back.error - plain.error) < 1e-12,
      );
      assert.ok(plain.interval!.low < plain.estimate && plain.estimate < plain.interval!.high);
    }),
    { numRuns: 8 },
  );
});

Deno.test("fewer than five runs have no bootstrap interval, one has nothing, and runs without noise no width", () => {
  const run = [0.1, 0.1, 0.1];
  const times = (n: number) => Array.from({ length: n }, () => run);
  assert.equal(hierarchicalBootstrap(times(1), times(9), { seed: 1 }), null);
  assert.equal(hierarchicalBootstrap(times(4), times(9), { seed: 1 })!.interval, null);
  const flat = hierarchicalBootstrap(times(5), times(5), { seed: 1 })!;
  assert.deepEqual([flat.estimate, flat.interval], [0, { low: 0, high: 0 }]);
});

Deno.test("two single runs are as far off as the band of other runs says", () => {
  const band = runBand([0.01, -0.01, 0.03, -0.03, 0])!;
  near(band.deviation, Math.sqrt(0.002 / 4));
  assert.equal(band.degrees, 4);
  const of = ratioInBand([1], [1.2], band);
  near(of.error, band.deviation * Math.SQRT2);
  near(of.estimate, 0.2);
  near(ratioInBand([1, 1], [1.2, 1.2], band).error, band.deviation);
  assert.equal(runBand([1]), null);
});

Deno.test("a band is told around levels that changed, not over them", () => {
  const band = bandWithin([0, 0.02, 0, 0.02, 1, 1.02, 1, 1.02], [4])!;
  assert.equal(band.degrees, 6);
  near(band.deviation, Math.sqrt(0.0008 / 6));
  assert.equal(bandWithin([0, 1], [1]), null);
});

Deno.test("few runs have a band of median and MAD that a wild one does not move", () => {
  const { centre, low, high, outside } = madBand([1, 1.1, 0.9, 1.05, 9], { k: 3, least: 0.01 })!;
  // R: mad(c(1, 1.1, 0.9, 1.05, 9)) = 0.07413
  assert.deepEqual([centre, outside], [1.05, [4]]);
  near(high - centre, 3 * 0.07413);
  near(centre - low, 3 * 0.07413);
  assert.deepEqual(madBand([1, 1, 1, 1], { least: 0.03 })!.outside, []);
  assert.deepEqual(madBand([1, 1, 1, 1, 1.04], { least: 0.03 })!.outside, [4]);
  assert.equal(madBand([1, 2, 3], { least: 0.03 }), null);
});
