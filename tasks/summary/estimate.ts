import type { Estimate, Warning } from "../model/summary.ts";
import { normalQuantile } from "../stats/normal.ts";
import { wilson } from "../stats/proportion.ts";
import { type BlockNoise, noisyRanks } from "../stats/block_noise.ts";
import { estimable, leastEstimable, quantileRank, thin, THIN_EXCEEDANCES } from "../stats/quantile.ts";
import { formatCount, quantileName } from "../model/units.ts";

/** Confidence of every interval in a summary. */
export const LEVEL = 0.95;

/** The ranks to be read for a quantile: its own and those of its interval; all the same where it has none. */
export interface QuantileRanks {
  readonly level: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Ranks of a quantile among n values, or null where n values cannot tell it ("not estimable").
 * @param noise of the count of values at or below it; without it there is no interval
 */
export function ranksOf(n: number, level: number, noise: BlockNoise | null = null): QuantileRanks | null {
  // The maximum is a value like any other; it has no interval.
  if (level === 1) return n === 0 ? null : { level, value: n, low: null, high: null };
  if (!estimable(n, level, LEVEL)) return null;
  const interval = noise === null ? { low: null, high: null } : noisyRanks(n, level, noise);
  return { level, value: quantileRank(n, level), ...interval };
}

/** A quantile's value and the ends of its interval, milliseconds; Infinity among the never served, null: no end. */
export interface QuantileValues {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What a quantile's estimate rests on. */
export interface QuantileEvidence {
  readonly n: number;
  readonly level: number;
  /** Null: so many values cannot tell it. */
  readonly found: QuantileValues | null;
  /** The shortest timeout among the values: quantiles above it are lower bounds. Null: none timed out. */
  readonly shortestTimeoutMs: number | null;
}

/** A quantile with its interval and its doubts. */
export function quantileEstimate({ n, level, found, shortestTimeoutMs }: QuantileEvidence): Estimate {
  const name = quantileName(level);
  if (found === null) {
    const text = n === 0
      ? `${name}: nothing was measured.`
      : `${name} is not estimable from ${formatCount(n)} requests: it takes ${
        formatCount(leastEstimable(level, LEVEL))
      }.`;
    return empty([{ code: n === 0 ? "no-data" : "not-estimable", text }]);
  }
  const { value, low, high } = found;
  if (value === Infinity) {
    return empty([{ code: "unbounded", text: `${name} lies among requests that were shed or never sent.` }]);
  }
  const warnings: Warning[] = [];
  if (shortestTimeoutMs !== null && shortestTimeoutMs <= value) {
    warnings.push({
      code: "lower-bound",
      text: `${name} is a lower bound: requests at or below it timed out.`,
    });
  }
  if (high === Infinity) {
    warnings.push({
      code: "open-interval",
      text: `The interval of ${name} has no upper end: it reaches requests that were shed or never sent.`,
    });
  }
  if (level < 1 && low !== null && high === null) {
    warnings.push({
      code: "wide-interval",
      text:
        `The interval of ${name} has no upper end: blocks differ so much that too few requests lie beyond it.`,
    });
  }
  if (level < 1 && thin(n, level)) {
    warnings.push({
      code: "thin",
      text: `${name} rests on fewer than ${THIN_EXCEEDANCES} requests beyond it.`,
    });
  }
  return { value, low, high: high === Infinity ? null : high, level: LEVEL, warnings };
}

/**
 * A share with its Wilson interval; null values of none.
 * @param noise of the count: where blocks differ by more than chance makes single requests differ, so many fewer
 * requests
 *   count (the design effect of Kish, "Survey Sampling", 1965)
 */
export function shareEstimate(hits: number, n: number, noise: BlockNoise | null = null): Estimate {
  const design = noise === null ? 1 : Math.max(1, designEffect(hits, n, noise));
  const interval = wilson(hits / design, n / design, LEVEL);
  if (interval === null) return empty([{ code: "no-data", text: "Nothing was measured." }]);
  return { value: hits / n, ...interval, level: LEVEL, warnings: [] };
}

/** How many times the variance of independent requests the count has, widened as its few blocks ask for. */
function designEffect(hits: number, n: number, { deviation, bound }: BlockNoise): number {
  const reach = bound * deviation / normalQuantile(1 - (1 - LEVEL) / 2);
  return hits === 0 || hits === n ? 1 : reach * reach / (hits * (1 - hits / n));
}

/** An estimate of nothing, with the reason. */
export function empty(warnings: readonly Warning[]): Estimate {
  return { value: null, low: null, high: null, level: LEVEL, warnings };
}

/** The same estimate with one more doubt. */
export function doubt(estimate: Estimate, warning: Warning): Estimate {
  return { ...estimate, warnings: [...estimate.warnings, warning] };
}
