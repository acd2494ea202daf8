import { walshCut } from "./signed_rank.ts";

/** An estimate of location with an interval; the interval is null where so few values allow none. */
export interface Location {
  /** In the unit of the values. */
  readonly estimate: number;
  /** In the same unit; its ends may be infinite where values are. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** The confidence that is really reached: at least what was asked for. */
  readonly reached: number;
}

/**
 * The Hodges–Lehmann estimate: the median of all Walsh averages (xᵢ + xⱼ) / 2, i ≤ j, with the interval got
 * by inverting the signed-rank test (Hollander and Wolfe, "Nonparametric Statistical Methods", 3.2 and 3.3).
 * Values may be infinite; an average of +∞ and −∞ counts as 0. Null of none. The averages, half the square of the
 * number of values, are counted and never listed: a day's run has ten thousand pairs of blocks.
 */
export function hodgesLehmann(values: readonly number[], level = 0.95): Location | null {
  const n = values.length;
  if (n === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const count = n * (n + 1) / 2;
  const middle = Math.floor(count / 2);
  const estimate = count % 2 === 1
    ? walshAverage(sorted, middle + 1)
    : mean(walshAverage(sorted, middle), walshAverage(sorted, middle + 1));
  const { cut, reached } = walshCut(n, level);
  const interval = cut === 0
    ? null
    : { low: walshAverage(sorted, cut), high: walshAverage(sorted, count - cut + 1) };
  return { estimate, interval, reached };
}

/**
 * The k-th smallest Walsh average, from 1: halves the range of its values until no number lies between. Exact, and
 * n steps for each halving.
 */
function walshAverage(sorted: Float64Array, k: number): number {
  if (countUpTo(sorted, -Infinity) >= k) return -Infinity;
  if (countUpTo(sorted, Number.MAX_VALUE) < k) return Infinity;
  // Fewer than k are at or below `low`, at least k at or below `high`.
  let low = -Infinity;
  let high = Number.MAX_VALUE;
  const finite = sorted.filter(Number.isFinite);
  if (finite.length > 0) {
    // With infinities of both signs 0 is an average too.
    const [least, most] = [Math.min(finite[0]!, 0), Math.max(finite.at(-1)!, 0)];
    if (countUpTo(sorted, least) >= k) return least;
    [low, high] = [least, most];
  } else return 0;
  while (true) {
    const middle = low / 2 + high / 2;
    if (!(middle > low && middle < high)) return high;
    if (countUpTo(sorted, middle) >= k) high = middle;
    else low = middle;
  }
}

/**
 * How many Walsh averages are at most `limit`: those of a value end where they began to be larger for the one before.
 */
function countUpTo(sorted: Float64Array, limit: number): number {
  let count = 0;
  let end = sorted.length - 1;
  for (let i = 0; i <= end; i++) {
    while (end >= i && mean(sorted[i]!, sorted[end]!) > limit) end--;
    count += Math.max(0, end - i + 1);
  }
  return count;
}

function mean(a: number, b: number): number {
  const half = (a + b) / 2;
  return Number.isNaN(half) ? 0 : half;
}
