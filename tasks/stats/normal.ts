/**
 * The standard normal distribution function Φ(x): the series of Marsaglia, "Evaluating the Normal
 * Distribution" (Journal of Statistical Software 11/4, 2004), and beyond |x| = 6 the continued fraction of
 * Mills' ratio.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) > 6) return x > 0 ? 1 - upperTail(x) : upperTail(-x);
  let sum = x;
  let term = x;
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && k < 300; k++) {
    term *= x * x / (2 * k + 1);
    sum += term;
  }
  return 0.5 + sum * density(x);
}

/**
 * The quantile function Φ⁻¹(p) for 0 < p < 1, by bisection: exact to the last digits of Φ and never
 * diverging.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
  // The tail is where Φ is exact: near 1 its distance from 1 is lost.
  if (p > 0.5) return -normalQuantile(1 - p);
  let low = -40;
  let high = 0;
  for (let step = 0; step < 100 && high - low > 1e-15; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function density(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

function upperTail(x: number): number {
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / fraction;
  return density(x) / fraction;
}
