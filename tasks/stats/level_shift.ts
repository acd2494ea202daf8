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
  let without = -Infinity;
  const withStep = new Float64Array(places).fill(-Infinity);
  let drifting = -Infinity;
  const white = new Float64Array(n);
  const level = new Float64Array(n);
  for (const { memory, gains, scales, constant } of filtersOf(n)) {
    let [ofValues, ofLevel, ofDrift] = [0, 0, 0];
    let [yy, yl, ll, yd, dl, dd] = [0, 0, 0, 0, 0, 0];
    for (let at = 0; at < n; at++) {
      const y = values[at]! - ofValues;
      const l = 1 - ofLevel;
      const d = at - ofDrift;
      ofValues = memory * (ofValues + gains[at]! * y);
      ofLevel = memory * (ofLevel + gains[at]! * l);
      ofDrift = memory * (ofDrift + gains[at]! * d);
      const [w, v, x] = [y * scales[at]!, l * scales[at]!, d * scales[at]!];
      white[at] = w;
      level[at] = v;
      yy += w * w;
      yl += w * v;
      ll += v * v;
      yd += w * x;
      dl += x * v;
      dd += x * x;
    }
    const least = n * floor * floor;
    const rest = Math.max(0, yy - yl * yl / ll) + least;
    const likelihood = (left: number) => constant - n / 2 * Math.log(Math.max(least, left));
    without = Math.max(without, likelihood(rest));
    drifting = Math.max(drifting, likelihood(rest - (yd - dl * yl / ll) ** 2 / (dd - dl * dl / ll)));
    for (let place = 0; place < places; place++) {
      let [ofStep, ss, sl, ys] = [0, 0, 0, 0];
      for (let at = place + minLength; at < n; at++) {
        const s = 1 - ofStep;
        ofStep = memory * (ofStep + gains[at]! * s);
        const u = s * scales[at]!;
        [ss, sl, ys] = [ss + u * u, sl + u * level[at]!, ys + u * white[at]!];
      }
      const explained = (ys - sl * yl / ll) ** 2 / (ss - sl * sl / ll);
      withStep[place] = Math.max(withStep[place]!, likelihood(rest - explained));
    }
  }
  let best = 0;
  for (let place = 1; place < places; place++) if (withStep[place]! > withStep[best]!) best = place;
  return { at: best + minLength, evidence: 2 * (Math.max(withStep[best]!, drifting) - without) };
}

/** What Kalman's filter does to n values of one kind of noise of variance 1. */
interface Filter {
  readonly memory: number;
  /** How much of a surprise the state takes over. */
  readonly gains: Float64Array;
  /** One by a surprise's standard deviation. */
  readonly scales: Float64Array;
  /** Of the logarithm of the likelihood. */
  readonly constant: number;
}

const filters = new Map<number, readonly Filter[]>();

function filtersOf(n: number): readonly Filter[] {
  const known = filters.get(n) ??
    MEMORIES.flatMap((memory) => (memory === 0 ? [0] : OWN_SHARES).map((own) => filterOf(n, memory, own)));
  filters.set(n, known);
  return known;
}

function filterOf(n: number, memory: number, own: number): Filter {
  const gains = new Float64Array(n);
  const scales = new Float64Array(n);
  let [variance, constant] = [1 - own, 0];
  for (let at = 0; at < n; at++) {
    const surprise = variance + own;
    gains[at] = variance / surprise;
    scales[at] = 1 / Math.sqrt(surprise);
    constant -= Math.log(surprise) / 2;
    variance = memory * memory * variance * (1 - gains[at]!) + (1 - memory * memory) * (1 - own);
  }
  return { memory, gains, scales, constant };
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
