import { firstWhere } from "./first_where.ts";
import { binomial } from "./binomial.ts";

/** Below so many values beyond it, a quantile rests on too few to be called firm. */
export const THIN_EXCEEDANCES = 100;

/**
 * The rank (1 … n) of the quantile `p` among n ordered values: the smallest whose share is at least p, the
 * inverse of the empirical distribution function (type 1 of Hyndman and Fan, 1996). No interpolation: every
 * quantile is a value that was measured, and infinite ones stay well-defined.
 */
export function quantileRank(n: number, p: number): number {
  // n·p may lie a rounding error above a whole number, which must not cost a rank.
  const exact = n * p;
  return Math.min(n, Math.max(1, Math.ceil(exact - 4 * Number.EPSILON * exact)));
}

/** The quantile `p` of ascending values, which may end in +∞; null of none. */
export function quantile(ascending: ArrayLike<number>, p: number): number | null {
  return ascending.length === 0 ? null : ascending[quantileRank(ascending.length, p) - 1]!;
}

/** Ranks (1 … n) between which a quantile lies with at least the level's confidence; null: no rank does. */
export interface RankInterval {
  /** Rank of the lower end; null where no rank lies low enough. */
  readonly low: number | null;
  /** Rank of the upper end; null where no rank lies high enough. */
  readonly high: number | null;
}

/**
 * The distribution-free interval of a quantile by order statistics: the number of values below it is
 * Binomial(n, p). Each side errs with at most (1 − level) / 2. For p99 at 0.95 an upper rank exists from 368
 * values on, for p99.9 from 3,688, for p99.99 from 36,887. It takes the values as independent, as requests of one block
 * are not: measured quantiles have the interval of noisyRanks (block_noise.ts), and this one is what that is held
 * against.
 */
export function quantileInterval(n: number, p: number, level = 0.95): RankInterval {
  if (n === 0 || !(p > 0 && p < 1)) return { low: null, high: null };
  const alpha = (1 - level) / 2;
  const { cdf, tail } = binomial(n, p);
  // The largest rank l with P(B < l) ≤ α, and the smallest rank u with P(B ≥ u) ≤ α.
  const low = firstWhere(1, n + 1, (rank) => cdf(rank - 1) > alpha) - 1;
  const fromTop = firstWhere(1, n + 1, (place) => tail(n - place) > alpha) - 1;
  return { low: low === 0 ? null : low, high: fromTop === 0 ? null : n + 1 - fromTop };
}

/** Whether n values suffice to bound the quantile from above; if not it is "not estimable". */
export function estimable(n: number, p: number, level = 0.95): boolean {
  return n > 0 && Math.pow(p, n) <= (1 - level) / 2;
}

/** The fewest values that suffice for it. */
export function leastEstimable(p: number, level = 0.95): number {
  if (p === 1) return 1;
  // From the formula of `estimable`, which then decides about a rounding error.
  let n = Math.max(1, Math.floor(Math.log((1 - level) / 2) / Math.log(p)) - 1);
  while (!estimable(n, p, level)) n++;
  return n;
}

/** Whether fewer than a hundred values lie beyond the quantile. */
export function thin(n: number, p: number): boolean {
  return n - quantileRank(n, p) < THIN_EXCEEDANCES;
}
