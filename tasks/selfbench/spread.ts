import { median } from "../stats/robust.ts";

/** What a few repeated measurements come to. So few allow no interval: the range says how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Of one to the other, round by round. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  return spread(ours.map((value, round) => value / theirs[round]!));
}

/** @param values at least one */
export function spread(values: readonly number[]): Spread {
  return { median: median(values)!, low: Math.min(...values), high: Math.max(...values) };
}
