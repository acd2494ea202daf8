import { hodgesLehmann } from "./hodges_lehmann.ts";

/** Ratios from 1/1.05 to 1.05 count as the same unless another margin is declared. */
export const DEFAULT_MARGIN = 0.05;

/**
 * Two one-sided tests (Schuirmann 1987) on log ratios: equivalent when the interval of confidence 1 − 2·alpha
 * lies within ±log(1 + margin). False too when there are too few ratios for an interval.
 */
export function equivalent(logRatios: readonly number[], margin = DEFAULT_MARGIN, alpha = 0.05): boolean {
  const interval = hodgesLehmann(logRatios, 1 - 2 * alpha)?.interval ?? null;
  if (interval === null) return false;
  const limit = Math.log1p(margin);
  return interval.low > -limit && interval.high < limit;
}
