import assert from "node:assert/strict";
import { liveLine, liveLines, type LiveState } from "./live_text.ts";

const STATE: LiveState = {
  elapsedUs: 12.2e6,
  totalUs: 48e6,
  phase: { warmup: false, arm: "sql+cache" },
  closed: false,
  counts: { due: 23_812, failed: 0, timeout: 0, shed: 0, inFlight: 12 },
  figures: {
    offeredPerSecond: 2003.4,
    achievedPerSecond: 1998.1,
    p50Ms: 0.4123,
    p95Ms: 1.2,
    p99Ms: 1034.9,
    hitRate: 0.834,
    lagP99Ms: 0.12,
  },
};

const NOTHING_YET: LiveState["figures"] = {
  offeredPerSecond: 0,
  achievedPerSecond: 0,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  hitRate: null,
  lagP99Ms: null,
};

Deno.test("a live terminal shows phase and time left, rates and quantiles, and what to worry about", () => {
  assert.deepEqual(liveLines(STATE).split("\n"), [
    "measuring sql+cache, 12 s of 48 s, 36 s left · generator lag p99 0.120 ms",
    "2,003/s offered, 1,998/s answered · 12 in flight · no errors in 23,812",
    "last 5 s: p50 0.412 ms, p95 1.20 ms, p99 1.03 s · 83 % hits",
  ]);
});

Deno.test("clients of a closed loop send, and are offered nothing", () => {
  assert.match(liveLines({ ...STATE, closed: true }), /^2,003\/s sent, 1,998\/s answered/m);
});

Deno.test("a log gets the same as one line", () => {
  assert.equal(
    liveLine(STATE),
    "12 s of 48 s, 36 s left, measuring sql+cache: 2,003/s offered, 1,998/s answered, p50 0.412 ms, " +
      "p95 1.20 ms, p99 1.03 s, no errors in 23,812, 83 % hits, 12 in flight, generator lag p99 0.120 ms",
  );
});

Deno.test("errors are named by kind, and a quantile among what was not served is endless", () => {
  const counts = { due: 5000, failed: 3, timeout: 0, shed: 1200, inFlight: 1024 };
  const lines = liveLines({ ...STATE, counts, figures: { ...STATE.figures, p99Ms: Infinity } }).split("\n");
  assert.match(lines[1]!, / · 3 failed, 1,200 shed of 5,000$/);
  assert.match(lines[2]!, /p99 ∞ · /);
});

Deno.test("before the first answer nothing is claimed, and a path without a cache has no hits", () => {
  const counts = { due: 0, failed: 0, timeout: 0, shed: 0, inFlight: 0 };
  const phase = { warmup: true, arm: "sql" };
  assert.deepEqual(
    liveLines({ ...STATE, elapsedUs: -1e5, phase, counts, figures: NOTHING_YET }).split("\n"),
    [
      "warm-up sql, 0 s of 48 s, 48 s left",
      "0/s offered, 0/s answered · 0 in flight · no errors in 0",
      "last 5 s: p50 —, p95 —, p99 —",
    ],
  );
});

Deno.test("after the last slot was due the run waits, with no time left to tell", () => {
  const [first] = liveLines({ ...STATE, elapsedUs: 48.4e6 }).split("\n");
  assert.match(first!, /^waiting for the last answers, 48 s of 48 s · /);
});

Deno.test("where all arms are asked the segment is named, and no end that nobody knows", () => {
  const phase = { warmup: false, arm: null, segment: "migrate" };
  assert.match(liveLine({ ...STATE, elapsedUs: 9e6, totalUs: null, phase }), /^9 s, migrate: /);
  assert.match(
    liveLines({ ...STATE, elapsedUs: 0, totalUs: 9e6, phase: { ...phase, warmup: true } }),
    /^warm-up, 0 s of 9 s/,
  );
});
