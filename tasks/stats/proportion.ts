import { normalQuantile } from "./normal.ts";

/** A confidence interval of a share. */
export interface Interval {
  /** Lower end, 0 to 1. */
  readonly low: number;
  /** Upper end, 0 to 1. */
  readonly high: number;
}

/**
 * Wilson's score interval for a share of `hits` among `n` (Wilson, JASA 22, 1927; Newcombe, Statistics in Medicine 17,
 * 1998, method 3): honest for
 * rare errors, where the textbook interval would say "0 ± 0". Null of none.
 */
export function wilson(hits: number, n: number, level = 0.95): Interval | null {
  if (n === 0) return null;
  const z = normalQuantile(1 - (1 - level) / 2);
  const share = hits / n;
  const centre = share + z * z / (2 * n);
  const half = z * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  const scale = 1 + z * z / n;
  return {
    low: hits === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: hits === n ? 1 : Math.min(1, (centre + half) / scale),
  };
}
