// Each distribution is its quantile function: one uniform draw in, one value out, monotone. So a value costs
// exactly one lane of the counter. V8 computes exp and log in software, the same on every platform.

/** Exponential with this mean. @param u uniform in [0, 1) */
export function exponential(u: number, mean: number): number {
  return -mean * Math.log1p(-u);
}

/** Exponential with this mean (before truncation), conditioned to be less than `below`. */
export function truncatedExponential(u: number, mean: number, below: number): number {
  // log1p's rounding may reach `below` itself.
  const value = exponential(u * -Math.expm1(-below / mean), mean);
  return value < below ? value : 0;
}

/** Normal with mean 0 and deviation 1; the result is finite also for u = 0. @param u uniform in [0, 1) */
export function normal(u: number): number {
  return normalQuantile(u === 0 ? 2 ** -54 : u);
}

/** Log-normal: the logarithm has deviation `sigma`, half of the values lie below `median`. */
export function lognormal(u: number, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(u));
}

/**
 * The normal quantile, 0 < p < 1, relative error about 1e-16: M. J. Wichura, "Algorithm AS 241: The percentage
 * points of the normal distribution", Applied Statistics 37(3), 1988 (PPND16).
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const value = r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(TAIL, r - 5);
  return q < 0 ? -value : value;
}

type Rational = readonly [numerator: readonly number[], denominator: readonly number[]];

/** Coefficients from the highest power down. */
const CENTRE: Rational = [
  [
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.387132872796366608,
  ],
  [
    5.226495278852545925e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1,
  ],
];
const MIDDLE: Rational = [
  [
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258,
    3.64784832476320460504,
    5.76949722146069140550,
    4.63033784615654529590,
    1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940,
    2.05319162663775882187,
    1,
  ],
];
const TAIL: Rational = [
  [
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580,
    5.46378491116411436990,
    6.65790464350110377720,
  ],
  [
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1,
  ],
];

function ratio([numerator, denominator]: Rational, r: number): number {
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < 8; i++) {
    top = top * r + numerator[i]!;
    bottom = bottom * r + denominator[i]!;
  }
  return top / bottom;
}
