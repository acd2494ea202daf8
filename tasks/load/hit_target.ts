import { firstWhere } from "../stats/first_where.ts";
import { UsageError } from "../model/errors.ts";
import type { Phase } from "../model/run.ts";
import { formatCount, formatSeconds, formatShare, significant } from "../model/units.ts";
import { zipfWeights } from "../random/zipf.ts";

/** A question that the cache may answer, as far as its keys are concerned. */
export interface CachedQuestion {
  /** Requests a second over all arms. */
  readonly rate: number;
  /**
   * How many values each of its drawn parameters has, apart from the one whose number is sought. The keys are all
   * combinations; each parameter is drawn by itself, by Zipf's law with the skew that is sought.
   */
  readonly dimensions: readonly number[];
}

/** Under which load which hit rate is wanted. */
export interface HitTarget {
  /** The share of lookups that are to find an entry, 0 to 1. */
  readonly target: number;
  readonly questions: readonly CachedQuestion[];
  /** The largest number of values that the sought parameter can have. */
  readonly mostValues: number;
  /** How long an entry lives. */
  readonly ttlSeconds: number;
  /** The run, from an empty cache on: arms take turns, and only one of them fills the cache. */
  readonly phases: readonly Phase[];
  /** The arm with the cache. */
  readonly arm: string;
}

/** How parameters are to be drawn. */
export interface KeyDistribution {
  /** How many values the sought parameter takes. */
  readonly values: number;
  /** Zipf's exponent of every parameter. */
  readonly skew: number;
  /** The hit rate that is expected then. */
  readonly expected: number;
}

/** As the popularity of most things is. */
const USUAL_SKEW = 1;
/** With more, nearly everything is one key: that would be forcing hits. */
const MOST_SKEW = 2;
/** The skew is found to a thousandth, which people can read and write down. */
const SKEW_STEPS = 1000;
/** Among these the best one is looked for, where neither the usual nor the largest suffices. */
const SKEWS = Array.from({ length: 21 }, (_, tenths) => tenths / 10);
/** Entries live the TTL ± this share, as in tasks/targets/cached.ts. */
const JITTER = 0.1;

/**
 * Finds the keys with which a cache that begins empty will answer the wanted share of lookups. The number of values
 * decides first, and the skew, as near to 1 as can be, for the rest. Fewer keys make hits more frequent. So does
 * more skew, where entries expire: a key's misses are a concave function of its rate. It need not where a warm-up
 * fills the cache with the popular keys and only rare ones are left to miss; then less skew is tried too.
 *
 * What comes out is a pure function of the load and is not touched during the run: hits are expected, never forced.
 *
 * @returns keys that are expected to reach the target; to exceed it where their number leaves no choice between
 * @throws {UsageError} saying what can be reached, where the target cannot
 */
export function calibrateHits(wanted: HitTarget): KeyDistribution {
  const { target, mostValues } = wanted;
  const expected = hitModel(wanted);
  /** Of the skews from one that suffices towards another, the last one that does; null where none does. */
  const skewed = (values: number, from: number, to: number): KeyDistribution | null => {
    const suffices = (step: number) => expected(values, step / SKEW_STEPS) >= target;
    let good = Math.round(from * SKEW_STEPS);
    let bad = Math.round(to * SKEW_STEPS);
    if (!suffices(good)) return null;
    if (suffices(bad)) good = bad;
    while (Math.abs(good - bad) > 1) {
      const middle = Math.round((good + bad) / 2);
      if (suffices(middle)) good = middle;
      else bad = middle;
    }
    const skew = good / SKEW_STEPS;
    return { values, skew, expected: expected(values, skew) };
  };

  const tooFew = (values: number) => expected(values, USUAL_SKEW) < target;
  if (!tooFew(mostValues)) return skewed(mostValues, USUAL_SKEW, 0)!;
  const tooMany = firstWhere(1, mostValues, tooFew);
  const fewer = tooMany === 1 ? null : skewed(tooMany - 1, USUAL_SKEW, 0);
  const more = skewed(tooMany, MOST_SKEW, USUAL_SKEW);
  const nearest = [fewer, more].filter((found) => found !== null)
    .sort((a, b) => Math.abs(a.skew - USUAL_SKEW) - Math.abs(b.skew - USUAL_SKEW))[0];
  if (nearest !== undefined) return nearest;
  const best = SKEWS.reduce((best, skew) => expected(1, skew) > expected(1, best) ? skew : best);
  const found = skewed(1, best, USUAL_SKEW);
  if (found === null) throw unreachable(wanted, expected(1, best));
  return found;
}

function unreachable({ target, questions, ttlSeconds, phases }: HitTarget, most: number): UsageError {
  const rate = questions.reduce((sum, question) => sum + question.rate, 0);
  const runs = phases.at(-1)!.endUs / 1e6;
  // Rounded down: what is said to be reachable must be.
  const reachable = Math.floor(most * 100) / 100;
  return new UsageError(
    `Cannot reach a hit rate of ${formatShare(target)} with ${
      significant(rate, 3)
    } cached requests/s over all ` +
      `arms, entries that live ${formatSeconds(ttlSeconds)} and a run of ${formatSeconds(runs)}: at most ${
        formatShare(reachable)
      } can be expected, with ${formatCount(keys(questions))} keys`,
    "Ask for more requests a second, a longer time to live, fewer keys or a lower hit rate.",
  );
}

function keys(questions: readonly CachedQuestion[]): number {
  return questions.reduce((sum, { dimensions }) => sum + dimensions.reduce((all, n) => all * n, 1), 0);
}

/**
 * The hit rate that is expected in the measured time, as a function of the number of values and the skew.
 *
 * A key is asked for by a Poisson process of rate λ while its arm has its turn. It is a miss if no entry lives;
 * then one is made, and while it lives there is no other. With M(t) for the misses expected until t, and an
 * entry's life L, the probability that one lives is M(t) − E M(t − L), so that
 *
 *     M′(t) = λ(t) · (1 − M(t) + E M(t − L)),  M(0) = 0.
 *
 * Once all is settled this is M′ = λ / (1 + λL), the hit rate λL / (1 + λL) of a cache with a time to live; at
 * first, while nothing has expired, it is the filling cache's M = 1 − exp(−λt). Between the two lie all runs
 * that are not much longer than a TTL. What it leaves out makes it a little too hopeful: a request that comes
 * while its key's entry is being made is a miss too.
 */
export function hitModel(
  { questions, ttlSeconds, phases, arm }: Omit<HitTarget, "target" | "mostValues">,
): (values: number, skew: number) => number {
  const missed = missShare(phases, arm, ttlSeconds);
  const rates = questions.reduce((sum, { rate }) => sum + rate, 0);
  return (values, skew) => {
    const misses = questions.reduce((sum, { rate, dimensions }) => {
      const classes = [...dimensions, values].map((n) => popularity(n, skew));
      return sum + rate * over(classes, (share) => missed(rate * share));
    }, 0);
    return 1 - misses / rates;
  };
}

/** Values that are about as popular as one another, and the mean probability of each. */
interface PopularityClass {
  readonly values: number;
  readonly share: number;
}

/** Ranks by Zipf's law: the first ones each by itself, later ones by twentieths. */
function popularity(n: number, skew: number): PopularityClass[] {
  const weights = zipfWeights(n, skew);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const classes: PopularityClass[] = [];
  for (let rank = 0; rank < n;) {
    const values = Math.min(n - rank, Math.max(1, Math.floor(rank / 20)));
    let sum = 0;
    for (const end = rank + values; rank < end; rank++) sum += weights[rank]!;
    classes.push({ values, share: sum / total / values });
  }
  return classes;
}

/** The mean of a function of a key's share of the requests, over requests. */
function over(
  [classes, ...rest]: readonly (readonly PopularityClass[])[],
  missed: (share: number) => number,
  share = 1,
): number {
  if (classes === undefined) return missed(share);
  return classes.reduce(
    (sum, each) => sum + each.values * each.share * over(rest, missed, share * each.share),
    0,
  );
}

/** Rates are taken from a table with so many entries for each factor of e. */
const RATES_BY_E = 20;
const FEWEST_STEPS_A_TTL = 20;
const MOST_STEP_SECONDS = 0.05;
const MOST_STEPS = 20_000;

/** The share of a key's measured requests that miss, as a function of the key's rate over all arms. */
function missShare(phases: readonly Phase[], arm: string, ttlSeconds: number): (rate: number) => number {
  const endSeconds = phases.at(-1)!.endUs / 1e6;
  const step = Math.max(
    Math.min(ttlSeconds / FEWEST_STEPS_A_TTL, MOST_STEP_SECONDS),
    endSeconds / MOST_STEPS,
  );
  const steps = Math.ceil(endSeconds / step);
  const own = phases.filter((phase) => phase.arm === arm);
  const asked = secondsOf(own, steps, step);
  const measured = secondsOf(own.filter(({ measured }) => measured), steps, step);
  const measuredSeconds = measured.reduce((sum, seconds) => sum + seconds, 0);
  const from = (1 - JITTER) * ttlSeconds / step;
  const to = (1 + JITTER) * ttlSeconds / step;

  // Each step goes straight to what the equation says for a constant right side: stable for any rate.
  const solve = (rate: number): number => {
    /** The integral of M until each step. */
    const area = new Float64Array(steps + 1);
    const until = (at: number) => {
      if (at <= 0) return 0;
      const whole = Math.floor(at);
      return area[whole]! + (at - whole) * (area[whole + 1]! - area[whole]!);
    };
    let misses = 0;
    let counted = 0;
    for (let at = 0; at < steps; at++) {
      const expired = (until(at + 0.5 - from) - until(at + 0.5 - to)) / (to - from);
      const made = (1 + expired - misses) * -Math.expm1(-rate * asked[at]!);
      if (asked[at]! > 0) counted += made * measured[at]! / asked[at]!;
      area[at + 1] = area[at]! + misses + made / 2;
      misses += made;
    }
    return counted / (rate * measuredSeconds);
  };

  const table = new Map<number, number>();
  const entry = (index: number) => {
    let share = table.get(index);
    if (share === undefined) {
      share = solve(Math.exp(index / RATES_BY_E));
      table.set(index, share);
    }
    return share;
  };
  return (rate) => {
    const at = Math.log(rate) * RATES_BY_E;
    const below = Math.floor(at);
    return entry(below) + (at - below) * (entry(below + 1) - entry(below));
  };
}

/** How much of each step lies in these phases, in seconds. */
function secondsOf(phases: readonly Phase[], steps: number, step: number): Float64Array {
  const seconds = new Float64Array(steps);
  for (const { startUs, endUs } of phases) {
    const [start, end] = [startUs / 1e6, endUs / 1e6];
    for (let at = Math.floor(start / step); at < steps && at * step < end; at++) {
      seconds[at]! += Math.max(0, Math.min(end, (at + 1) * step) - Math.max(start, at * step));
    }
  }
  return seconds;
}
