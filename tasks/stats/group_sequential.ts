import { normalCdf, normalQuantile } from "./normal.ts";

/** Whether a test rejects at both ends or at one alone. */
export type Sides = 1 | 2;

/**
 * How much of `alpha` may be spent up to a fraction of the planned information: little at first, as O'Brien and Fleming's
 * bounds do (Lan and DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70, 1983, α₁*). Of two sides
 * each spends its half.
 * @param fraction of all pairs that are planned, above 0; from 1 on all is spent
 */
export function spent(alpha: number, fraction: number, sides: Sides = 2): number {
  if (fraction >= 1) return alpha;
  return sides * 2 * normalCdf(normalQuantile(alpha / sides / 2) / Math.sqrt(fraction));
}

/** Less is not worth a look: nothing is rejected there, and it is spent at the next one. */
const LEAST_SPENT = 1e-12;
/** Simpson's rule over the values from which the next look is reached. */
const NODES = 100;
/** Further out, in standard deviations, a Brownian motion does not come. */
const REACH = 7;

/**
 * The p below which a test may reject at each of several looks at growing data, so that all of them together reject a true
 * hypothesis in a share `alpha`: `spent` says how much each may add, and recursive integration over Brownian motion which
 * bound spends just that (Armitage, McPherson and Rowe, JRSS A 132, 1969; Jennison and Turnbull, "Group sequential
 * methods", 2000, chapters 7 and 19). Sums of signed ranks move like one. When the looks are, and how many, may be
 * decided on the way, only not by what was seen.
 * @param fractions of the planned information at the looks so far, ascending, above 0; 1 at the last one
 * @param sides 2: p is two-sided; 1: one-sided, as each of the two tests of equivalence is
 * @returns a nominal p a look; 0 where none is small enough
 */
export function nominalPs(alpha: number, fractions: readonly number[], sides: Sides = 2): number[] {
  let paths: Paths | null = null;
  let spentBefore = 0;
  let before = 0;
  return fractions.map((fraction) => {
    if (!(fraction > before)) {
      throw new RangeError(`Fractions of information must rise from above 0: ${fraction} follows ${before}`);
    }
    const step = fraction - before;
    before = fraction;
    const goal = spent(alpha, fraction, sides) - spentBefore;
    const nothing = goal < LEAST_SPENT;
    const reach = REACH * Math.sqrt(fraction);
    const bound = nothing ? reach : boundOf(paths, step, goal, sides);
    if (!nothing) spentBefore += goal;
    paths = pathsOn(paths, step, {
      low: sides === 2 ? -Math.min(bound, reach) : -reach,
      high: Math.min(bound, reach),
    });
    return nothing ? 0 : sides * normalCdf(-bound / Math.sqrt(fraction));
  });
}

/** Values of a Brownian motion that was not stopped yet, each with its weight. */
interface Paths {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** The bound that a share `goal` of all paths crosses within the next step. */
function boundOf(paths: Paths | null, step: number, goal: number, sides: Sides): number {
  const deviation = Math.sqrt(step);
  if (paths === null) return -normalQuantile(goal / sides) * deviation;
  // Regula falsi on the logarithm, which is all but a parabola, with the Illinois step against a side that stays.
  const off = (bound: number) => Math.log(crossing(paths, deviation, bound, sides) / goal);
  let [low, high] = [0, 2 * REACH];
  let [atLow, atHigh] = [off(low), off(high)];
  let stayed = 0;
  for (let step = 0; step < 100 && high - low > 1e-10; step++) {
    const between = Number.isFinite(atHigh)
      ? (low * atHigh - high * atLow) / (atHigh - atLow)
      : (low + high) / 2;
    const found = off(between);
    if (Math.abs(found) < 1e-9) return between;
    if (found > 0) {
      [low, atLow] = [between, found];
      if (stayed > 0) atHigh /= 2;
      stayed = 1;
    } else {
      [high, atHigh] = [between, found];
      if (stayed < 0) atLow /= 2;
      stayed = -1;
    }
  }
  return (low + high) / 2;
}

function crossing({ values, weights }: Paths, deviation: number, bound: number, sides: Sides): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) {
    const up = normalCdf((values[at]! - bound) / deviation);
    sum += weights[at]! * (sides === 2 ? up + normalCdf((-values[at]! - bound) / deviation) : up);
  }
  return sum;
}

/** The paths a step on that lie between the bounds. */
function pathsOn(
  paths: Paths | null,
  step: number,
  { low, high }: { readonly low: number; readonly high: number },
): Paths {
  const width = (high - low) / NODES;
  const values = Float64Array.from({ length: NODES + 1 }, (_, at) => low + at * width);
  const density = (distance: number) =>
    Math.exp(-distance * distance / (2 * step)) / Math.sqrt(2 * Math.PI * step);
  const weights = values.map((value, at) => {
    const simpson = (at === 0 || at === NODES ? 1 : at % 2 === 1 ? 4 : 2) * width / 3;
    if (paths === null) return simpson * density(value);
    let sum = 0;
    for (let from = 0; from < paths.values.length; from++) {
      sum += paths.weights[from]! * density(value - paths.values[from]!);
    }
    return simpson * sum;
  });
  return { values, weights };
}
