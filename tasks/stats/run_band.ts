import { mad, median } from "./robust.ts";
import { mean, variance } from "./moments.ts";
import type { StudentEstimate } from "./student_estimate.ts";

/** How much runs of one subject on one machine differ from each other: the run-to-run noise of a log quantile. */
export interface RunBand {
  /** Standard deviation of one run's logarithm. */
  readonly deviation: number;
  /** Degrees of freedom: the number of runs less one, or less the levels that were taken out. */
  readonly degrees: number;
}

/**
 * The band of runs whose level did not change. Null of fewer than two.
 * @param logs one logarithm a run
 */
export function runBand(logs: readonly number[]): RunBand | null {
  return logs.length < 2 ? null : { deviation: Math.sqrt(variance(logs)), degrees: logs.length - 1 };
}

/**
 * The band of a history whose level changed: the deviations from the level of each stretch, taken together. Null where
 * no stretch has two runs.
 * @param changes indices at which a new level begins, ascending, as `eDivisive` gives them
 */
export function bandWithin(logs: readonly number[], changes: readonly number[]): RunBand | null {
  const bounds = [0, ...changes, logs.length];
  const stretches = bounds.slice(1).map((to, at) => logs.slice(bounds[at]!, to)).filter((own) =>
    own.length > 1
  );
  const degrees = stretches.reduce((sum, own) => sum + own.length - 1, 0);
  if (degrees === 0) return null;
  const squares = stretches.reduce((sum, own) => sum + variance(own) * (own.length - 1), 0);
  return { deviation: Math.sqrt(squares / degrees), degrees };
}

/**
 * The log ratio of runs to runs where the band, and not the runs themselves, tells how much they may differ: of two single
 * runs the difference of their logarithms is off by √2 deviations.
 * @param baseline at least one run's logarithm; so has `candidate`
 */
export function ratioInBand(
  baseline: readonly number[],
  candidate: readonly number[],
  { deviation, degrees }: RunBand,
): StudentEstimate {
  return {
    estimate: mean(candidate) - mean(baseline),
    error: deviation * Math.sqrt(1 / baseline.length + 1 / candidate.length),
    degrees,
  };
}

/** From so few runs as have no change points: what lies outside of median ± k·MAD. */
export interface MadBand {
  /** The median, in the unit of the values. */
  readonly centre: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Indices of the values outside. */
  readonly outside: readonly number[];
}

/** Fewer values tell no deviation from their median: of two it is that of both. */
const LEAST = 4;

/**
 * Median ± k·MAD: what a history of few runs can tell, with low confidence. Null of fewer than four values.
 * @param least the band reaches at least so far to each side, in the unit of the values: the MAD of a handful may be 0
 */
export function madBand(
  values: readonly number[],
  { k = 4, least }: { readonly k?: number; readonly least: number },
): MadBand | null {
  if (values.length < LEAST) return null;
  const centre = median(values)!;
  const reach = Math.max(least, k * mad(values)!);
  const [low, high] = [centre - reach, centre + reach];
  return {
    centre,
    low,
    high,
    outside: values.flatMap((value, at) => value < low || value > high ? [at] : []),
  };
}
