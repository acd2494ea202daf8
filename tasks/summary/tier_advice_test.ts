import assert from "node:assert/strict";
import type { BreakEven, TierSummary } from "../model/tier_summary.ts";
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
    "aggregate pays at 40 reads/s up to about 13.7 writes/s: above 128 writes/s its writers lose more than reads save.",
  ]);
  assert.deepEqual(kept(13.7, null), [
    "aggregate pays at 40 reads/s up to about 13.7 writes/s at the least: from which rate on it no longer does, " +
    "this run does not show.",
  ]);
  assert.deepEqual(kept(null, null), [
    "aggregate pays at 40 reads/s: what its writers lose is within the noise, or nothing.",
  ]);
  assert.match(kept(0, null).join(), /^Whether aggregate pays is not known/);
});
