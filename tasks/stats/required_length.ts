import { hodgesLehmann } from "./hodges_lehmann.ts";
import { normalQuantile } from "./normal.ts";
import { studentBound } from "./student.ts";

/** A change that a run was planned for is to be found in nine of ten such runs. */
export const PLANNED_POWER = 0.9;

/** What a plan is for. */
export interface Wanted {
  /** The change to be shown, as a ratio above 1: 1.05 is 5 %. */
  readonly ratio: number;
  /** Its share of false verdicts, two-sided. */
  readonly alpha: number;
  /** Share of such runs that shall find it; 0.9. */
  readonly power?: number;
}

/**
 * How many pairs show such a change by the signed-rank test, from the noise of pairs that were measured: its standard error
 * shrinks by the root of their number, and a shift of z(1 − alpha/2) + z(power) standard errors is found so often
 * (Noether, "Sample size determination for some common nonparametric tests", JASA 82, 1987, which for a normal
 * distribution is the same). As the noise is known from so many pairs only, Student's bounds stand for the normal ones.
 * @param logRatios of measured pairs of blocks
 * @returns at least what the exact test needs to reach `alpha` at all; null where too few or endless pairs tell no noise
 */
export function requiredPairs(
  logRatios: readonly number[],
  { ratio, alpha, power = PLANNED_POWER }: Wanted,
): number | null {
  const error = standardError(logRatios);
  if (error === null) return null;
  const degrees = logRatios.length - 1;
  const errors = studentBound(1 - alpha, degrees) + studentBound(2 * power - 1, degrees);
  const pairs = logRatios.length * (errors * error / Math.log(ratio)) ** 2;
  return Math.max(leastPairs(alpha), Math.ceil(pairs));
}

/** The fewest pairs of which all of one sign have a two-sided p of `alpha` or less. */
export function leastPairs(alpha: number): number {
  return Math.ceil(Math.log2(2 / alpha) - 1e-9);
}

/** Of the Hodges–Lehmann estimate, from the width of its interval, which a wild pair does not widen; null where it has none. */
function standardError(logRatios: readonly number[]): number | null {
  const { interval = null, reached = 0 } = hodgesLehmann(logRatios, 0.95) ?? {};
  if (interval === null) return null;
  const half = (interval.high - interval.low) / 2;
  return Number.isFinite(half) ? half / normalQuantile((1 + reached) / 2) : null;
}
