import assert from "node:assert/strict";
import { arrivals, stripe } from "./arrivals.ts";

const SECONDS = 1e6;

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
