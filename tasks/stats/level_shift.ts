import { limitOf } from "./level_shift_limits.ts";

/** Where a level shifts, if it does. */
export interface LevelShift {
  /** Index of the first value at the new level. */
  readonly at: number;
  /** Twice the logarithm of how much likelier the values are with the shift than without. */
  readonly evidence: number;
}

/** Noise that the values may have around their level: how much of a deviation the next one takes over, by … */
const MEMORIES = [0, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8];
/** … what share of the variance each value has by itself, as medians of few requests do. */
const OWN_SHARES = [0, 0.3, 0.6];

/**
 * Of more values as many neighbours are averaged as leave no more: a place is then refined among the values
 * themselves.
 */
const MOST = 240;
/** Fewer values tell no noise that hangs together from a shift. */
const LEAST = 10;

/**
 * Whether a level shifts once among autocorrelated values, and where: the generalised likelihood ratio of a step, or of
 * a drift, in a first-order autoregression observed with white noise, maximised over both noise's parameters, with and
 * without the step, and over its place (Quandt 1960; Andrews, "Tests for parameter instability and structural change
 * with unknown change point", Econometrica 61, 1993; Kalman's filter whitens the values: Harvey, "Forecasting,
 * structural time series models and the Kalman filter", 1989, section 3.4). Noise that hangs together wanders like a
 * level that shifts: without the step it is therefore fitted with up to the most memory for which 5 % of false alarms
 * are promised.
 *
 * Tempting and weaker: cumulated sums, self-normalised (Shao and Zhang 2010) or by a standard error from the noise
 * around the levels. Both look at the levels only, and not at how sudden the change is, by which slow noise is told
 * best.
 * @param share of series without a shift in which one may be found
 * @param floor the least standard deviation of the noise, in the unit of the values
 * @returns null where the noise explains what there is
 */
export function levelShift(
  values: readonly number[],
  { minLength, floor, share }: { readonly minLength: number; readonly floor: number; readonly share: number },
): LevelShift | null {
  if (values.length < Math.max(LEAST, 2 * minLength)) return null;
  const joined = Math.ceil(values.length / MOST);
  const means = joined === 1 ? values : averaged(values, joined);
  const found = likeliestStep(means, Math.ceil(minLength / joined), floor);
  if (found === null || found.evidence <= limitOf(means.length, share)) return null;
  return joined === 1 ? found : { ...found, at: refined(values, found.at * joined, joined, minLength) };
}

/** The likeliest step, whether noise explains it or not; null where the values have no room for one. */
export function likeliestStep(
  values: readonly number[],
  minLength: number,
  floor: number,
): LevelShift | null {
  const n = values.length;
  const places = n - 2 * minLength + 1;
  if (places < 1) return null;
  // Likelihoods as the exponential function of two by n of their logarithm, of which one is taken at the end.
  let [without, drifting] = [0, 0];
  const withStep = new Float64Array(places);
  const least = n * floor * floor;
  for (const filter of filtersOf(n)) {
    const { weight, level, drift, ll, dl, dd, steps, stepsLevel } = filter;
    const white = whiten(filter, (at) => values[at]!);
    const [yy, yl, yd] = [product(white, white), product(white, level), product(white, drift)];
    const rest = Math.max(0, yy - yl * yl / ll) + least;
    const likelihood = (left: number) => weight / Math.max(least, left);
    without = Math.max(without, likelihood(rest));
    drifting = Math.max(drifting, likelihood(rest - (yd - dl * yl / ll) ** 2 / (dd - dl * dl / ll)));
    const stepsWhite = productsWithSteps(filter, white);
    for (let place = 0; place < places; place++) {
      const at = place + minLength;
      const sl = stepsLevel[at]!;
      const explained = (stepsWhite[at]! - sl * yl / ll) ** 2 / (steps[at]! - sl * sl / ll);
      withStep[place] = Math.max(withStep[place]!, likelihood(rest - explained));
    }
  }
  let best = 0;
  for (let place = 1; place < places; place++) if (withStep[place]! > withStep[best]!) best = place;
  const evidence = n * (Math.log(Math.max(withStep[best]!, drifting)) - Math.log(without));
  return { at: best + minLength, evidence };
}

/** What Kalman's filter does to n values of one kind of noise of variance 1. */
interface Kalman {
  readonly memory: number;
  /** How much of a surprise the state takes over. */
  readonly gains: Float64Array;
  /** One by a surprise's standard deviation. */
  readonly scales: Float64Array;
  /** A factor of the likelihood, likewise. */
  readonly weight: number;
}

/** … and to what values are compared with, which is the same for all: products of two whitened rows are sums. */
interface Filter extends Kalman {
  /** The whitened level, and the whitened drift. */
  readonly level: Float64Array;
  readonly drift: Float64Array;
  /** Their products: level with level, drift with level, drift with drift. */
  readonly ll: number;
  readonly dl: number;
  readonly dd: number;
  /** Of a whitened step at each place with itself, … */
  readonly steps: Float64Array;
  /** … and with the level. */
  readonly stepsLevel: Float64Array;
}

const filters = new Map<number, readonly Filter[]>();

function filtersOf(n: number): readonly Filter[] {
  const known = filters.get(n) ??
    MEMORIES.flatMap((memory) => (memory === 0 ? [0] : OWN_SHARES).map((own) => filterOf(n, memory, own)));
  filters.set(n, known);
  return known;
}

function filterOf(n: number, memory: number, own: number): Filter {
  const kalman = kalmanOf(n, memory, own);
  const level = whiten(kalman, () => 1);
  const drift = whiten(kalman, (at) => at);
  const steps = Float64Array.from({ length: n }, (_, place) => {
    const step = whiten(kalman, (at) => at < place ? 0 : 1);
    return product(step, step);
  });
  return {
    ...kalman,
    level,
    drift,
    ll: product(level, level),
    dl: product(drift, level),
    dd: product(drift, drift),
    steps,
    stepsLevel: productsWithSteps(kalman, level),
  };
}

function kalmanOf(n: number, memory: number, own: number): Kalman {
  const gains = new Float64Array(n);
  const scales = new Float64Array(n);
  let [variance, logs] = [1 - own, 0];
  for (let at = 0; at < n; at++) {
    const surprise = variance + own;
    gains[at] = variance / surprise;
    scales[at] = 1 / Math.sqrt(surprise);
    logs += Math.log(surprise);
    variance = memory * memory * variance * (1 - gains[at]!) + (1 - memory * memory) * (1 - own);
  }
  return { memory, gains, scales, weight: Math.exp(-logs / n) };
}

/** The surprises of values, in their standard deviations. */
function whiten({ memory, gains, scales }: Kalman, value: (at: number) => number): Float64Array {
  const white = new Float64Array(gains.length);
  let state = 0;
  for (let at = 0; at < white.length; at++) {
    const surprise = value(at) - state;
    state = memory * (state + gains[at]! * surprise);
    white[at] = surprise * scales[at]!;
  }
  return white;
}

/**
 * The product of a whitened row with the whitened step at each place. Whitening is linear: instead of each step the row
 * goes through it, backwards, and what comes out is summed from the place on.
 */
function productsWithSteps({ memory, gains, scales }: Kalman, white: Float64Array): Float64Array {
  const products = new Float64Array(white.length);
  let [state, sum] = [0, 0];
  for (let at = white.length - 1; at >= 0; at--) {
    const surprise = scales[at]! * white[at]! + memory * gains[at]! * state;
    state = memory * state - surprise;
    products[at] = sum += surprise;
  }
  return products;
}

function product(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!;
  return sum;
}

function averaged(values: readonly number[], joined: number): number[] {
  return Array.from({ length: Math.floor(values.length / joined) }, (_, at) => {
    const own = values.slice(at * joined, (at + 1) * joined);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
}

/** The place near a rough one at which two levels leave the least squared error. */
function refined(values: readonly number[], rough: number, within: number, minLength: number): number {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1)! + value);
  const n = values.length;
  let [best, most] = [rough, -Infinity];
  for (
    let at = Math.max(minLength, rough - within);
    at <= Math.min(n - minLength, rough + within);
    at++
  ) {
    const explained = sums[at]! ** 2 / at + (sums[n]! - sums[at]!) ** 2 / (n - at);
    if (explained > most) [best, most] = [at, explained];
  }
  return best;
}
