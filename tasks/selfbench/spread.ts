import { median } from "../stats/robust.ts";

/** What a few repeated measurements come to. So few allow no interval: the range says how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @param values at least one */
export function spread(values: readonly number[]): Spread {
  return { median: median(values)!, low: Math.min(...values), high: Math.max(...values) };
}
