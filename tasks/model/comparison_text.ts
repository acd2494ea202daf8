import type { Comparison } from "./summary.ts";
import { significant } from "./units.ts";

/** A comparison as far as its verdict goes; a chart's rows may lack `p`. */
export interface JudgedComparison {
  /** What was found of it, e.g. `slower`. */
  readonly verdict: string;
  /** How likely such a difference is by chance alone; null: it was not tested. */
  readonly p?: number | null;
  /** Doubts about it. */
  readonly warnings?: readonly { readonly code: string }[];
}

/** The code of the warning that a comparison has in a run that is invalid. */
export const INVALID_RUN = "invalid-run";

/** Whether nothing of it was judged, because the run's numbers are not the system's. */
export function isNotJudged({ warnings = [] }: JudgedComparison): boolean {
  return warnings.some(({ code }) => code === INVALID_RUN);
}

/** Whether there were too few pairs for any verdict, which is no finding that was left open. */
export function hasTooFewPairs(comparison: JudgedComparison): boolean {
  return comparison.verdict === "inconclusive" && comparison.p === null && !isNotJudged(comparison);
}

/** A comparison's verdict in words. */
export function verdictWord(comparison: JudgedComparison): string {
  if (isNotJudged(comparison)) return "not judged";
  return hasTooFewPairs(comparison) ? "too few pairs" : comparison.verdict;
}

/** The smallest change that a comparison could have shown, from a ratio above 1: `8.2 %`, `3.1×` from twice on. */
export function detectableText(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return "—";
  return ratio >= 2 ? `${significant(ratio, 2)}×` : `${significant((ratio - 1) * 100, 2)} %`;
}

/**
 * How to read a table of ratios.
 * @param all what the table calls all operations together
 * @param looked whether the run was to end when it knows
 */
export function ratioNote(
  comparisons: readonly Comparison[],
  all: string,
  { looked = false }: { readonly looked?: boolean } = {},
): string {
  const whole = comparisons.some(({ operation }) => operation === null)
    ? ` ${all}: the mean over the operations, weighted by the mix, so it can differ from the ratio of pooled percentiles.`
    : "";
  const intervals = comparisons.some(({ low, high }) => low !== null && high !== null)
    ? " An interval is for one comparison alone and a verdict accounts for all of them, so an interval without 1 can " +
      "still be inconclusive." +
      (looked
        ? " They are repeated confidence intervals, which hold over all looks at the run together."
        : "")
    : "";
  return "Ratio: response time divided by the baseline's; 1× is equal, 2× takes twice as long." + intervals +
    whole;
}

/** Of plans that are not the same before and after a migration, which need not be its doing. */
export const STATISTICS_RENEWED =
  "A plan may also change because the table's statistics were renewed meanwhile.";
