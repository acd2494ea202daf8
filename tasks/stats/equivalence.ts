import { signedRank } from "./signed_rank.ts";

/** Ratios from 1/1.05 to 1.05 count as the same unless another margin is declared. */
export const DEFAULT_MARGIN = 0.05;

/**
 * How probable ratios so close to 1 are where the true one lies at the margin or beyond: the larger p of two one-sided
 * signed-rank tests (TOST: Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987) that log ratios lie above −log(1 + margin) and below log(1 + margin). Small: they
 * are equivalent.
 */
export function equivalenceP(logRatios: readonly number[], margin = DEFAULT_MARGIN): number {
  const limit = Math.log1p(margin);
  const { pGreater } = signedRank(logRatios.map((log) => log + limit));
  const { pLess } = signedRank(logRatios.map((log) => log - limit));
  return Math.max(pGreater, pLess);
}
