import assert from "node:assert/strict";
import type { BreakEven, TierSummary } from "../model/tier_summary.ts";
import { breakEvenText } from "../model/tier_text.ts";
import { tierAdvice } from "./tier_advice.ts";

const TIER: Omit<TierSummary, "advice"> = {
  tier: "aggregate",
  relation: "northwind_sales.totals",
  bytes: null,
  upkeep: null,
  arms: [],
  writes: [],
  readsPerSecond: 40,
  breakEven: null,
};
const kept = (low: number | null, high: number | null) => {
  const breakEven: BreakEven = { value: 24, low, high };
  return tierAdvice({ ...TIER, breakEven: { ...breakEven, unit: "writes per second" } });
};

Deno.test("up to which rate of writes a tier pays is told as far as the interval goes", () => {
  assert.deepEqual(kept(13.7, 128), [
    "aggregate pays at 40 reads/s below about 13.7 writes/s, and costs more than it saves above 128 writes/s; " +
    "between the two is undecided.",
  ]);
  assert.deepEqual(kept(13.7, null), [
    "aggregate pays at 40 reads/s below about 13.7 writes/s; from which rate on it no longer does, this run does not " +
    "show.",
  ]);
  assert.deepEqual(kept(null, null), [
    "aggregate pays at 40 reads/s: what its writers lose is within the noise, or nothing.",
  ]);
  assert.match(kept(0, null).join(), /^Whether aggregate pays is not known/);
});

Deno.test("of what batches keep up batches are told of, and that what writers note is not counted", () => {
  const upkeep = {
    everySeconds: 5,
    outcomes: { ok: 9 },
    medianMs: 20,
    longestMs: 30,
    errors: [],
    disturbance: null,
  };
  const breakEven = { value: 2, low: 1.5, high: 3, unit: "seconds" } as const;
  const batched = { ...TIER, upkeep: { ...upkeep, kind: "fold" }, breakEven, advice: [] } as const;
  assert.equal(
    breakEvenText(batched),
    "Break-even of aggregate at 40 reads/s: a batch every 2 s (95 % interval 1.5 s to 3 s). " +
      "What writers pay to note changes is not in this.",
  );
  assert.match(
    breakEvenText({ ...batched, upkeep: { ...upkeep, kind: "refresh" } })!,
    /a refresh every 2 s .* to 3 s\)\.$/,
  );
  assert.deepEqual(tierAdvice(batched), [
    "aggregate pays at 40 reads/s and every 5 s: it would still pay down to every 3 s.",
  ]);
});
