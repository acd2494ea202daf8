import type { Counter } from "../random/counter.ts";
import { mean } from "./moments.ts";

/** What a tier saves and costs, as it was measured. */
export interface Saving {
  /** Differences of what a read took without it and with it, of pairs of blocks, ms. */
  readonly savedMs: readonly number[];
  /** Reads a second that it answers. */
  readonly readsPerSecond: number;
  /** What each refresh took, or by how much longer a write took, of pairs of blocks, ms. */
  readonly costMs: readonly number[];
}

/** A break-even point with its 95 % interval, of which an end may be infinite: it pays at any rate. */
export interface BreakEvenPoint {
  /** The best guess. */
  readonly value: number;
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

const RESAMPLES = 2000;
/** Fewer say nothing of how much they stray. */
const LEAST = 3;

/**
 * How often a second may be paid what a tier costs before that is more than what it saves: writes a second of a table that
 * writers keep. Its reciprocal is the shortest interval of a view's refreshes, see `breakEvenInterval`.
 *
 * value = reads/s × mean saved ÷ mean cost. The interval is the percentile bootstrap's over both lists (Efron and Tibshirani,
 * "An Introduction to the Bootstrap", 13.3). A tier that saves nothing breaks even at 0, one that costs nothing never.
 * @returns null where fewer than three pairs, or costs, were measured
 */
export function breakEvenRate(
  { savedMs, readsPerSecond, costMs }: Saving,
  random: Counter,
): BreakEvenPoint | null {
  if (savedMs.length < LEAST || costMs.length < LEAST) return null;
  const rate = (saved: number, cost: number) => {
    if (saved <= 0) return 0;
    return cost <= 0 ? Infinity : readsPerSecond * saved / cost;
  };
  let drawn = 0;
  const resampled = (values: readonly number[]) =>
    mean(
      values.map(() =>
        values[Math.min(values.length - 1, Math.floor(random.float(drawn++, 0) * values.length))]!
      ),
    );
  const rates = Array.from({ length: RESAMPLES }, () => rate(resampled(savedMs), resampled(costMs)))
    .sort((a, b) => a === b ? 0 : a - b);
  return {
    value: rate(mean(savedMs), mean(costMs)),
    low: rates[Math.floor(0.025 * RESAMPLES)]!,
    high: rates[Math.ceil(0.975 * RESAMPLES) - 1]!,
  };
}

/** The interval of refreshes below which they cost more than the view saves, s; as `breakEvenRate`. */
export function breakEvenInterval(saving: Saving, random: Counter): BreakEvenPoint | null {
  const rate = breakEvenRate(saving, random);
  return rate === null ? null : { value: 1 / rate.value, low: 1 / rate.high, high: 1 / rate.low };
}
