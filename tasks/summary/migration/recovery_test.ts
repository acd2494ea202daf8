import assert from "node:assert/strict";
import fc from "fast-check";
import { type LoadSecond, recoveryOf } from "./recovery.ts";

const second = (changes: Partial<LoadSecond> = {}): LoadSecond => ({
  responses: 400,
  p95: 5,
  ok: 400,
  lookups: 100,
  hits: 80,
  ...changes,
});
const times = (n: number, changes: Partial<LoadSecond> = {}) =>
  Array.from({ length: n }, () => second(changes));
/** All alike: what a second strays by is the 5 % at least. */
const baseline = { seconds: times(10), responses: [5] };
const after = (...parts: LoadSecond[][]) => recoveryOf(baseline, parts.flat());

Deno.test("the load has recovered from the first of five good seconds in a row", () => {
  assert.deepEqual(after(times(5)), { state: "recovered", afterSeconds: 0, lacking: [], settledSeconds: 5 });
  assert.deepEqual(after(times(3, { p95: 40 }), times(5)).afterSeconds, 3);
  assert.deepEqual(after(times(4), times(1, { p95: 40 }), times(5)).afterSeconds, 5, "four are not enough");
});

Deno.test("what has not come back is named", () => {
  const bad = (changes: Partial<LoadSecond>) => after(times(8, changes));
  assert.deepEqual(bad({ p95: 5.3 }), {
    state: "not recovered",
    afterSeconds: null,
    lacking: ["p95"],
    settledSeconds: 0,
  });
  assert.deepEqual(bad({ ok: 300 }).lacking, ["throughput"]);
  assert.deepEqual(bad({ hits: 60 }).lacking, ["hit rate"]);
  assert.deepEqual(bad({ p95: Infinity, ok: 0, hits: 0 }).lacking, ["p95", "throughput", "hit rate"]);
  assert.deepEqual(bad({ p95: null, ok: 0, hits: 0, lookups: 0, responses: 0 }).lacking, [
    "p95",
    "throughput",
    "hit rate",
  ], "nothing asked is nothing recovered");
});

Deno.test("where the run ended too soon, it is known for how long all had been as before", () => {
  const late = after(times(4, { p95: 40 }), times(4));
  assert.deepEqual([late.state, late.lacking, late.settledSeconds], ["not recovered", ["p95"], 4]);
  assert.equal(after(times(4), times(4, { p95: 40 })).settledSeconds, 0);
});

Deno.test("up to 5 %, three deviations, or what counts stray by, all is as before; better is recovered", () => {
  assert.equal(after(times(5, { p95: 5.25 })).state, "recovered");
  assert.equal(after(times(5, { p95: 5.26 })).state, "not recovered");
  assert.equal(after(times(5, { ok: 341 })).state, "recovered", "400 - 3 √400 are 340");
  assert.equal(after(times(5, { ok: 339 })).state, "not recovered");
  assert.equal(after(times(5, { hits: 69 })).state, "recovered", "80 - 3 √(100 · 0.8 · 0.2) are 68");
  assert.equal(after(times(5, { p95: 0.1, ok: 4000, hits: 100 })).state, "recovered");
  const wide = { seconds: times(10).map((each, at) => ({ ...each, p95: 4 + at % 3 })), responses: [5] };
  assert.equal(recoveryOf(wide, times(5, { p95: 9 })).state, "recovered", "the MAD is 1, scaled 1.48");
  assert.equal(recoveryOf(wide, times(5, { p95: 9.5 })).state, "not recovered");
});

Deno.test("a p95 strays as far as the values beyond it lie apart", () => {
  // Of 400 the 96.1 % of all: the third of the four highest.
  const responses = Array.from({ length: 100 }, (_, at) => at < 95 ? 5 : 20 + at);
  const spread = { seconds: times(10), responses };
  assert.equal(recoveryOf(spread, times(5, { p95: 300 })).state, "recovered");
  assert.equal(recoveryOf(spread, times(5, { p95: 400 })).state, "not recovered");
});

Deno.test("without a cache no hit rate is asked for, and too short a time tells nothing", () => {
  const none = { hits: 0, lookups: 0 };
  assert.equal(recoveryOf({ seconds: times(10, none), responses: [5] }, times(5, none)).state, "recovered");
  assert.equal(after(times(4)).state, "unknown");
  assert.equal(recoveryOf({ seconds: times(4), responses: [5] }, times(9)).state, "unknown");
});

Deno.test("a load that goes on as it did has recovered at once, whatever its level", () => {
  const any = fc.record({
    p95: fc.double({ min: 0.1, max: 1e4, noNaN: true }),
    ok: fc.integer({ min: 0, max: 10_000 }),
    hits: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(fc.property(any, (level) => {
    assert.equal(
      recoveryOf({ seconds: times(8, level), responses: [level.p95] }, times(5, level)).afterSeconds,
      0,
    );
  }));
});
