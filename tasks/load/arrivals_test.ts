import assert from "node:assert/strict";
import fc from "fast-check";
import { constantRate, ramp, spike, steps } from "../model/stages.ts";
import { chiSquare, withinChiSquare } from "../random/testing.ts";
import { type ArrivalPlan, arrivals, stripe } from "./arrivals.ts";
import { rateProfile } from "./rate_profile.ts";
import { worstDrift } from "./testing_drift.ts";
import { planOf, SECONDS, slotsOf, stagings } from "./testing_stages.ts";

function times(kind: "poisson" | "constant", ratePerSecond: number, seconds: number, seed = 1): number[] {
  const all: number[] = [];
  const due = arrivals({ kind, ratePerSecond, seed, endUs: seconds * SECONDS });
  for (; due.atUs !== Infinity; due.next()) all.push(due.atUs);
  return all;
}

Deno.test("constant arrivals are slot × period and do not drift", () => {
  const all = times("constant", 3, 1000);
  assert.equal(all.length, 3000);
  assert.equal(all[2997], 2997 * SECONDS / 3);
});

Deno.test("Poisson arrivals have the rate that was asked for and exponential gaps", () => {
  const all = times("poisson", 500, 200);
  // 100,000 expected; five standard deviations.
  assert.ok(Math.abs(all.length - 100_000) < 5 * Math.sqrt(100_000), `${all.length} arrivals`);
  const gaps = all.slice(1).map((at, index) => at - all[index]!).sort((a, b) => a - b);
  const distance = Math.max(
    ...gaps.map((gap, index) => Math.abs(1 - Math.exp(-gap / 2000) - (index + 0.5) / gaps.length)),
  );
  assert.ok(distance < 1.63 / Math.sqrt(gaps.length), `Kolmogorov–Smirnov distance ${distance}`);
});

Deno.test("the same seed gives the same arrivals and another seed others", () => {
  assert.deepEqual(times("poisson", 100, 2, 7), times("poisson", 100, 2, 7));
  assert.notDeepEqual(times("poisson", 100, 2, 7), times("poisson", 100, 2, 8));
});

Deno.test("workers share the slots without loss and without doubles", () => {
  for (const workers of [1, 2, 3, 7]) {
    const dealt = new Map<number, number>();
    for (let worker = 0; worker < workers; worker++) {
      const plan = { kind: "poisson", ratePerSecond: 200, seed: 5, endUs: 3 * SECONDS } as const;
      for (const due = stripe(arrivals(plan), worker, workers); due.atUs !== Infinity; due.next()) {
        assert.ok(!dealt.has(due.slot));
        dealt.set(due.slot, due.atUs);
      }
    }
    const inOrder = [...dealt].sort(([a], [b]) => a - b);
    assert.deepEqual(inOrder.map(([slot]) => slot), inOrder.map((_, index) => index));
    assert.deepEqual(inOrder.map(([, at]) => at), times("poisson", 200, 3, 5));
  }
});

Deno.test("a run too short for one arrival has none", () => {
  assert.deepEqual(times("poisson", 0.001, 0.001), []);
});

Deno.test("the arrivals of known seeds never change, since runs are repeated by their seed", () => {
  const firsts = (stream?: string) => {
    const plan: ArrivalPlan = { kind: "poisson", ratePerSecond: 100, seed: 42, endUs: SECONDS, stream };
    return slotsOf(arrivals(plan)).slice(0, 3).map(([, atUs]) => Math.round(atUs));
  };
  assert.deepEqual(firsts(), [1566, 6480, 13163]);
  assert.deepEqual(firsts("writes"), [1334, 3094, 3623]);
});

Deno.test("constant arrivals in stages are due when the integral of the rate reaches their number", () => {
  fc.assert(fc.property(stagings, (staging) => {
    const { expectedUntil, timeOf, endUs } = rateProfile(staging.stages, staging.startRate);
    const slots = slotsOf(arrivals(planOf(staging, "constant", 1)));
    assert.equal(slots.length, Math.ceil(expectedUntil(endUs)));
    slots.forEach(([slot, atUs], index) => assert.deepEqual([slot, atUs], [index, timeOf(index)]));
  }));
});

Deno.test("constant arrivals in a window are as many as the integral over it, exactly", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(stagings, share, share, (staging, one, other) => {
    const { expectedUntil, endUs } = rateProfile(staging.stages, staging.startRate);
    const [from, to] = [one, other].map((part) => Math.round(part * endUs)).sort((a, b) => a - b) as [
      number,
      number,
    ];
    const slots = slotsOf(arrivals(planOf(staging, "constant", 1)));
    const inside = slots.filter(([, atUs]) => atUs >= from && atUs < to).length;
    const [before, until] = [expectedUntil(from), expectedUntil(to)];
    // Where a window's bound lies on a slot to the last digit, either side is right.
    fc.pre([before, until].every((count) => Math.abs(count - Math.round(count)) > 1e-8 || count === 0));
    assert.equal(inside, Math.ceil(until) - Math.ceil(before));
  }));
});

/** Up, level, down to nothing, a pause, a spike and a tail: 60 s and 49,200 requests. */
const EVERY_SHAPE = [
  ...ramp(1500, 20),
  ...constantRate(1500, 10),
  ...ramp(0, 10),
  ...constantRate(0, 5),
  ...spike(200, 5000, 6, 1.5, 2.5),
  ...ramp(800, 5),
];
const everyShape = rateProfile(EVERY_SHAPE);
const SEEDS = [1, 2, 3, 4];

function timesOfEveryShape(seed: number): number[] {
  return slotsOf(arrivals(planOf({ stages: EVERY_SHAPE, startRate: 0 }, "poisson", seed))).map(([, atUs]) =>
    atUs
  );
}

Deno.test("Poisson arrivals in a window are as many as the integral over it, to five standard deviations", () => {
  const seconds = Array.from({ length: everyShape.endUs / SECONDS }, (_, second) => second);
  const wanted = seconds.map((at) =>
    everyShape.expectedUntil((at + 1) * SECONDS) - everyShape.expectedUntil(at * SECONDS)
  );
  const busy = seconds.filter((at) => wanted[at]! >= 20);
  for (const seed of SEEDS) {
    const counts = seconds.map(() => 0);
    for (const atUs of timesOfEveryShape(seed)) counts[Math.floor(atUs / SECONDS)]!++;
    for (const at of seconds) {
      const strays = Math.abs(counts[at]! - wanted[at]!);
      assert.ok(
        strays <= 5 * Math.sqrt(wanted[at]!),
        `seed ${seed}: ${counts[at]} of ${wanted[at]} at ${at} s`,
      );
    }
    // Also not too even: constant arrivals would pass what stands above.
    const statistic = chiSquare(busy.map((at) => counts[at]!), busy.map((at) => wanted[at]!));
    withinChiSquare(statistic, busy.length, `seed ${seed}`);
  }
});

/** The Kolmogorov–Smirnov distance of gaps from the exponential distribution of their mean, times √n. */
function fromExponential(at: readonly number[]): number {
  const gaps = Float64Array.from(at.slice(1), (value, index) => value - at[index]!).sort();
  const mean = (at.at(-1)! - at[0]!) / gaps.length;
  let distance = 0;
  for (const [index, gap] of gaps.entries()) {
    const share = -Math.expm1(-gap / mean);
    distance = Math.max(distance, share - index / gaps.length, (index + 1) / gaps.length - share);
  }
  return distance * Math.sqrt(gaps.length);
}

Deno.test("in the time in which the rate is one, gaps of Poisson arrivals are exponential and independent", () => {
  for (const seed of SEEDS) {
    const times = timesOfEveryShape(seed);
    const evened = times.map(everyShape.expectedUntil);
    // One in 100,000 would be more.
    assert.ok(fromExponential(evened) < 2.47, `seed ${seed}: ${fromExponential(evened)}`);
    assert.ok(fromExponential(times) > 20, "on the clock they are not");
    const strays = evened.map((at, index) => at - (evened[index - 1] ?? 0) - 1);
    const products = strays.reduce((sum, stray, index) => sum + stray * (strays[index - 1] ?? 0), 0);
    assert.ok(Math.abs(products) < 5 * Math.sqrt(strays.length), `seed ${seed}: neighbours ${products}`);
  }
});

Deno.test("no Poisson slot falls into a pause, and none after the stages or the run", () => {
  const stages = [...steps([500, 0, 500, 0], 1), ...constantRate(0, 1)];
  const times = slotsOf(arrivals(planOf({ stages, startRate: 0 }, "poisson", 1))).map(([, atUs]) =>
    atUs / SECONDS
  );
  assert.ok(times.length > 800 && times.every((at) => at < 1 || at >= 2 && at < 3));
  const cut = slotsOf(arrivals({ kind: "poisson", stages, seed: 1, endUs: 0.5 * SECONDS }));
  assert.deepEqual(cut.map(([, atUs]) => atUs / SECONDS), times.filter((at) => at < 0.5));
});

Deno.test("slots never go back in time, and a finished run stays finished", () => {
  fc.assert(fc.property(stagings, fc.constantFrom("poisson", "constant"), fc.nat(), (staging, kind, seed) => {
    const due = arrivals(planOf(staging, kind, seed));
    const slots = slotsOf(due);
    slots.forEach(([, atUs], index) => assert.ok(index === 0 || atUs >= slots[index - 1]![1]));
    due.next();
    assert.equal(due.atUs, Infinity);
  }));
});

Deno.test("any number of workers share a staged run's slots without loss and without doubles", () => {
  const workers = fc.integer({ min: 1, max: 9 });
  const kind = fc.constantFrom("poisson", "constant");
  fc.assert(fc.property(stagings, kind, fc.maxSafeInteger(), workers, (staging, kind, seed, workers) => {
    const plan = planOf(staging, kind, seed);
    const dealt = Array.from(
      { length: workers },
      (_, worker) => slotsOf(stripe(arrivals(plan), worker, workers)),
    );
    dealt.forEach((slots, worker) => assert.ok(slots.every(([slot]) => slot % workers === worker)));
    assert.deepEqual(dealt.flat().sort(([a], [b]) => a - b), slotsOf(arrivals(plan)));
  }));
});

Deno.test("a constant rate and one stage of that rate are the same arrivals", () => {
  for (const kind of ["poisson", "constant"] as const) {
    const run = { kind, seed: 3, endUs: 20 * SECONDS };
    assert.deepEqual(
      slotsOf(arrivals({ ...run, ratePerSecond: 123.4 })),
      slotsOf(arrivals({ ...run, stages: constantRate(123.4, 20) })),
    );
  }
});

Deno.test("streams of other names have other arrivals under one seed", () => {
  const first = (stream?: string) =>
    arrivals({ kind: "poisson", ratePerSecond: 1, seed: 1, endUs: 1e9, stream }).atUs;
  assert.equal(new Set([first(), first("reads"), first("writes"), first("")]).size, 4);
  assert.equal(first("reads"), first("reads"));
});

Deno.test("a million slots later times are those of direct evaluation to far below a microsecond", () => {
  const worst = worstDrift(1_000_000);
  assert.ok(worst <= 1e-5, `${worst} µs`);
});
