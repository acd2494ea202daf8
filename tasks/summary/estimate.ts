import type { Estimate, Warning } from "../model/summary.ts";
import { wilson } from "../stats/proportion.ts";
import { estimable, quantileInterval, quantileRank, thin, THIN_EXCEEDANCES } from "../stats/quantile.ts";
import { formatCount, significant } from "../model/units.ts";

/** Confidence of every interval in a summary. */
export const LEVEL = 0.95;

/** The ranks to be read for a quantile: its own and those of its interval; all the same where it has none. */
export interface QuantileRanks {
  readonly level: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Ranks of a quantile among n values, or null where n values cannot tell it ("not estimable"). */
export function ranksOf(n: number, level: number): QuantileRanks | null {
  // The maximum is a value like any other; it has no interval.
  if (level === 1) return n === 0 ? null : { level, value: n, low: null, high: null };
  if (!estimable(n, level, LEVEL)) return null;
  return { level, value: quantileRank(n, level), ...quantileInterval(n, level, LEVEL) };
}

/** "p95", "p99.9", "max". */
export function quantileName(level: number): string {
  return level === 1 ? "max" : `p${significant(level * 100, 6)}`;
}

/** What a quantile's estimate rests on. */
export interface QuantileEvidence {
  readonly n: number;
  readonly level: number;
  readonly ranks: QuantileRanks | null;
  /** The order statistic of a rank, milliseconds; Infinity among the never served. */
  readonly at: (rank: number) => number;
  /** The shortest timeout among the values: quantiles above it are lower bounds. Null: none timed out. */
  readonly shortestTimeoutMs: number | null;
}

/** A quantile with its interval by order statistics and its doubts. */
export function quantileEstimate({ n, level, ranks, at, shortestTimeoutMs }: QuantileEvidence): Estimate {
  const name = quantileName(level);
  if (ranks === null) {
    const text = n === 0
      ? `${name}: nothing was measured.`
      : `${name} is not estimable from ${formatCount(n)} requests: too few lie beyond it.`;
    return empty([{ code: n === 0 ? "no-data" : "not-estimable", text }]);
  }
  const value = at(ranks.value);
  if (value === Infinity) {
    return empty([{ code: "unbounded", text: `${name} lies among requests that were shed or never sent.` }]);
  }
  const low = ranks.low === null ? null : at(ranks.low);
  const high = ranks.high === null ? null : at(ranks.high);
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
  if (level < 1 && thin(n, level)) {
    warnings.push({
      code: "thin",
      text: `${name} rests on fewer than ${THIN_EXCEEDANCES} requests beyond it.`,
    });
  }
  return { value, low, high: high === Infinity ? null : high, level: LEVEL, warnings };
}

/** A share with its Wilson interval; null values of none. */
export function shareEstimate(hits: number, n: number): Estimate {
  const interval = wilson(hits, n, LEVEL);
  if (interval === null) return empty([{ code: "no-data", text: "Nothing was measured." }]);
  return { value: hits / n, ...interval, level: LEVEL, warnings: [] };
}

/** An estimate of nothing, with the reason. */
export function empty(warnings: readonly Warning[]): Estimate {
  return { value: null, low: null, high: null, level: LEVEL, warnings };
}

/** The same estimate with one more doubt. */
export function doubt(estimate: Estimate, warning: Warning): Estimate {
  return { ...estimate, warnings: [...estimate.warnings, warning] };
}
