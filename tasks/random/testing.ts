import assert from "node:assert/strict";

/** Pearson's statistic of counts against expected counts (all equal where not given). */
export function chiSquare(counts: ArrayLike<number>, expected?: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  let statistic = 0;
  for (let i = 0; i < counts.length; i++) {
    const wanted = expected?.[i] ?? total / counts.length;
    statistic += (counts[i]! - wanted) ** 2 / wanted;
  }
  return statistic;
}

/**
 * Asserts that the statistic lies within five standard deviations of what `freedom` degrees of freedom give,
 * below as well as above: counts that are too even are no more random than uneven ones.
 */
export function withinChiSquare(statistic: number, freedom: number, what = ""): void {
  // Wilson and Hilferty: the cube root is nearly normal.
  const deviation = 2 / (9 * freedom);
  const z = (Math.cbrt(statistic / freedom) - (1 - deviation)) / Math.sqrt(deviation);
  assert(
    Math.abs(z) < 5,
    `${what} chi-square ${statistic.toFixed(1)} with ${freedom} degrees: z = ${z.toFixed(2)}`,
  );
}
