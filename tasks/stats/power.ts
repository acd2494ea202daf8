import { hodgesLehmann } from "./hodges_lehmann.ts";
import { normalQuantile } from "./normal.ts";

/** A change that is there is to be found in four of five runs. */
export const POWER = 0.8;

/**
 * The smallest shift that the two-sided signed-rank test would find in `power` of repeated experiments, told from the
 * spread of these differences: the half-width h of the interval of confidence 1 − alpha is z(1 − alpha/2) standard
 * errors, and a shift of z(1 − alpha/2) + z(power) of them is found so often (Noether, "Sample size determination for
 * some common nonparametric tests", JASA 82, 1987; Bloom, "Minimum detectable effects", Evaluation Review 19, 1995,
 * calls it so). Null where so few differences can reach
 * no such level, and where endless differences leave it open.
 * @returns in the unit of the differences
 */
export function detectable(differences: readonly number[], alpha: number, power = POWER): number | null {
  const interval = hodgesLehmann(differences, 1 - alpha)?.interval ?? null;
  if (interval === null) return null;
  const halfWidth = (interval.high - interval.low) / 2;
  if (!Number.isFinite(halfWidth)) return null;
  return halfWidth * (1 + normalQuantile(power) / normalQuantile(1 - alpha / 2));
}
