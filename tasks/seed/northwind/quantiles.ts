import { lognormal } from "../../random/distributions.ts";
import type { Distributions } from "./distributions.ts";

/** Bits of a draw that a `tabulated` distribution uses: it resolves probability to one part in 2^14. */
export const QUANTILE_BITS = 14;

const STEPS = 2 ** QUANTILE_BITS;

/** Divides 32 random bits to a number in [0, 1). */
export const U32 = 2 ** 32;

/** The quantiles of a log-normal distribution in whole numbers that begins at one and is cut at `most`. */
function logNormalFromOne(median: number, sigma: number, most: number): (u: number) => number {
  return (u) => Math.min(Math.floor(most), 1 + Math.floor(lognormal(u, median, sigma)));
}

/** Days from the order to its shipping. */
export function shippingQuantile(distributions: Distributions): (u: number) => number {
  return logNormalFromOne(
    distributions["orders.shippingMedian"],
    distributions["orders.shippingSigma"],
    distributions["orders.shippingMost"],
  );
}

/** The quantity of an order's line. */
export function quantityQuantile(distributions: Distributions): (u: number) => number {
  return logNormalFromOne(
    distributions["lines.quantityMedian"],
    distributions["lines.quantitySigma"],
    distributions["lines.quantityMost"],
  );
}

/** The probability of each whole number, as `tabulated` resolves it. */
export function probabilities(quantile: (u: number) => number): Float64Array {
  const values = Int32Array.from({ length: STEPS }, (_, step) => Math.floor(quantile((step + 0.5) / STEPS)));
  const shares = new Float64Array(values.at(-1)! + 1);
  for (const value of values) shares[value]! += 1 / STEPS;
  return shares;
}
