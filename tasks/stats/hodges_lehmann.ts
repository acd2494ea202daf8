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
 * Values may be infinite; an average of +∞ and −∞ counts as 0. Null of none.
 */
export function hodgesLehmann(values: readonly number[], level = 0.95): Location | null {
  const n = values.length;
  if (n === 0) return null;
  const walsh = walshAverages(values);
  const middle = walsh.length >> 1;
  const estimate = walsh.length % 2 === 1 ? walsh[middle]! : mean(walsh[middle - 1]!, walsh[middle]!);
  const { cut, reached } = walshCut(n, level);
  const interval = cut === 0 ? null : { low: walsh[cut - 1]!, high: walsh[walsh.length - cut]! };
  return { estimate, interval, reached };
}

function walshAverages(values: readonly number[]): Float64Array {
  const n = values.length;
  const walsh = new Float64Array(n * (n + 1) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) walsh[at++] = mean(values[i]!, values[j]!);
  }
  return walsh.sort();
}

function mean(a: number, b: number): number {
  const half = (a + b) / 2;
  return Number.isNaN(half) ? 0 : half;
}
