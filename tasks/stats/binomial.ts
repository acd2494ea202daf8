import { normalCdf } from "./normal.ts";

/**
 * Distribution functions of Binomial(n, p) around its mode; outside of the window they are 0 or 1 to 1e-30.
 */
export interface BinomialCdf {
  /** P(B ≤ k). */
  cdf(k: number): number;
  /** P(B > k), summed from above so that small tails keep their digits. */
  tail(k: number): number;
}

/** Above this variance the normal approximation moves an order statistic by less than it moves by chance. */
const EXACT_VARIANCE = 1e6;

/**
 * Binomial(n, p) for 0 < p < 1. Weights follow from the mode outward by the ratio of neighbours and are then
 * normalised, so no factorials are needed; beyond a variance of a million the normal distribution with
 * continuity correction.
 */
export function binomial(n: number, p: number): BinomialCdf {
  const variance = n * p * (1 - p);
  if (variance > EXACT_VARIANCE) {
    const z = (k: number) => (k + 0.5 - n * p) / Math.sqrt(variance);
    return { cdf: (k) => normalCdf(z(k)), tail: (k) => normalCdf(-z(k)) };
  }
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const reach = Math.ceil(14 * Math.sqrt(variance)) + 60;
  const first = Math.max(0, mode - reach);
  const last = Math.min(n, mode + reach);
  const weights = new Float64Array(last - first + 1);
  weights[mode - first] = 1;
  const odds = p / (1 - p);
  for (let k = mode; k < last; k++) weights[k + 1 - first] = weights[k - first]! * (n - k) / (k + 1) * odds;
  for (let k = mode; k > first; k--) weights[k - 1 - first] = weights[k - first]! * k / (n - k + 1) / odds;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const below = new Float64Array(weights.length);
  const above = new Float64Array(weights.length);
  for (let at = 0, sum = 0; at < weights.length; at++) below[at] = (sum += weights[at]!) / total;
  for (let at = weights.length - 1, sum = 0; at >= 0; at--) {
    above[at] = sum / total;
    sum += weights[at]!;
  }
  return {
    cdf: (k) => k < first ? 0 : k >= last ? 1 : below[k - first]!,
    tail: (k) => k < first ? 1 : k >= last ? 0 : above[k - first]!,
  };
}
