/** Probability is resolved to one part in this many. */
const STEPS = 16384;

/**
 * A whole-numbered distribution as a table of its quantiles: one array read a value, where the quantile
 * function costs logarithms. The table is small enough to stay in the processor's cache.
 * @param quantile from uniform in [0, 1) to a value, evaluated once in the middle of each step
 */
export function tabulated(quantile: (u: number) => number): (u: number) => number {
  const table = Int32Array.from({ length: STEPS }, (_, step) => Math.floor(quantile((step + 0.5) / STEPS)));
  return (u) => table[u * STEPS | 0]!;
}
