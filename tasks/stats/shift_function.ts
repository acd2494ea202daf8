import { counter } from "../random/counter.ts";
import { betaCdf } from "./beta.ts";
import { quantile } from "./quantile.ts";

/** A sample as blocks of values: requests of one block resemble each other, so blocks are what is drawn anew. */
export type Blocks = readonly (readonly number[])[];

/** By how much one quantile differs between two samples. */
export interface Shift {
  /** Which quantile, 0 to 1. */
  readonly level: number;
  /** The baseline's, in the unit of the values. */
  readonly baseline: number;
  /** The candidate's. */
  readonly candidate: number;
  /** Candidate less baseline, in the unit of the values: of logarithms a log ratio. */
  readonly difference: number;
  /** Lower end of its interval; all intervals together hold with the confidence asked for. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** The deciles, and p95. */
export const SHIFT_LEVELS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

const RESAMPLES = 500;

/**
 * The shift function: by how much each quantile of one distribution must be moved to be the other's (Doksum, "Empirical
 * probability plots and statistical inference for nonlinear models in the two-sample case", Annals of Statistics 2,
 * 1974), with quantiles by Harrell and Davis as Wilcox has them ("Comparing two independent groups via multiple quantiles",
 * The Statistician 44, 1995). His intervals take values as independent, as requests are not: here blocks are drawn anew,
 * and the intervals are simultaneous by the largest of all studentised deviations (Doksum and Sievers, "Plotting with
 * confidence", Biometrika 63, 1976).
 * @param baseline finite values, such as logarithms of response times
 * @param paired whether the blocks of both are of the same rounds, and are drawn together
 * @param seed of what is drawn
 * @returns null where either has fewer than three blocks with values
 */
export function shiftFunction(
  baseline: Blocks,
  candidate: Blocks,
  { levels = SHIFT_LEVELS, confidence = 0.95, resamples = RESAMPLES, paired, seed }: {
    readonly levels?: readonly number[];
    readonly confidence?: number;
    readonly resamples?: number;
    readonly paired: boolean;
    readonly seed: number;
  },
): Shift[] | null {
  if (paired && baseline.length !== candidate.length) {
    throw new RangeError(`Paired blocks must be as many: ${baseline.length} and ${candidate.length}`);
  }
  if (Math.min(filled(baseline), filled(candidate)) < 3) return null;
  const [below, above] = [quantilesOf(baseline, levels), quantilesOf(candidate, levels)];
  const [atBaseline, atCandidate] = [below(null), above(null)];
  const differences = levels.map((_, at) => atCandidate[at]! - atBaseline[at]!);
  const random = counter(seed, "shift-function");
  const draws = Array.from({ length: resamples }, (_, draw) => {
    const first = drawn(baseline.length, (lane) => random.integer(2 * draw, lane, baseline.length));
    const second = paired
      ? first
      : drawn(candidate.length, (lane) => random.integer(2 * draw + 1, lane, candidate.length));
    const [a, b] = [below(first), above(second)];
    return levels.map((_, at) => b[at]! - a[at]! - differences[at]!);
  });
  const errors = levels.map((_, at) =>
    Math.sqrt(draws.reduce((sum, own) => sum + own[at]! ** 2, 0) / Math.max(1, resamples - 1))
  );
  const largest = draws.map((own) =>
    Math.max(...own.map((off, at) => errors[at] === 0 ? 0 : Math.abs(off) / errors[at]!))
  );
  const bound = quantile(largest.sort((a, b) => a - b), confidence)!;
  return levels.map((level, at) => ({
    level,
    baseline: atBaseline[at]!,
    candidate: atCandidate[at]!,
    difference: differences[at]!,
    low: differences[at]! - bound * errors[at]!,
    high: differences[at]! + bound * errors[at]!,
  }));
}

function filled(blocks: Blocks): number {
  return blocks.filter(({ length }) => length > 0).length;
}

/** How often each block is drawn. */
function drawn(blocks: number, next: (lane: number) => number): Float64Array {
  const times = new Float64Array(blocks);
  for (let lane = 0; lane < blocks; lane++) times[next(lane)]!++;
  return times;
}

/** Steps in which the weights of a quantile are tabulated, over the shares of values where it can lie. */
const STEPS = 512;

interface Weights {
  readonly from: number;
  readonly to: number;
  readonly table: Float64Array;
}

/**
 * The quantiles of all values, or of so many of each block, by Harrell and Davis ("A new distribution-free quantile
 * estimator", Biometrika 69, 1982): the mean of all ordered values, each weighted by how probably it is that quantile,
 * which strays less than one ordered value.
 */
function quantilesOf(
  blocks: Blocks,
  levels: readonly number[],
): (times: Float64Array | null) => number[] {
  const n = blocks.reduce((sum, { length }) => sum + length, 0);
  const order = blocks.flatMap((own, block) => own.map((value) => ({ value, block })))
    .sort((a, b) => a.value - b.value);
  const values = Float64Array.from(order, ({ value }) => value);
  const of = Uint32Array.from(order, ({ block }) => block);
  const weights = levels.map((level) => weightsOf(n, level));
  return (times) => {
    const total = times === null ? n : blocks.reduce((sum, { length }, at) => sum + length * times[at]!, 0);
    // A sample whose every drawn block is empty says nothing: as if all were drawn.
    if (total === 0) return levels.map(() => 0);
    const sums = levels.map(() => 0);
    const before = levels.map(() => 0);
    let share = 0;
    for (let at = 0; at < n; at++) {
      const own = times === null ? 1 : times[of[at]!]!;
      if (own === 0) continue;
      share += own / total;
      for (let which = 0; which < weights.length; which++) {
        if (share <= weights[which]!.from || before[which] === 1) continue;
        const to = cdfAt(weights[which]!, share);
        sums[which]! += (to - before[which]!) * values[at]!;
        before[which] = to;
      }
    }
    return sums;
  };
}

function weightsOf(n: number, level: number): Weights {
  const reach = 7 * Math.sqrt(level * (1 - level) / (n + 2)) + 4 / (n + 2);
  const [from, to] = [Math.max(0, level - reach), Math.min(1, level + reach)];
  const cdf = (at: number) =>
    betaCdf(from + at * (to - from) / STEPS, (n + 1) * level, (n + 1) * (1 - level));
  return { from, to, table: Float64Array.from({ length: STEPS + 1 }, (_, at) => cdf(at)) };
}

function cdfAt({ from, to, table }: Weights, share: number): number {
  // Rounding leaves the last share a little below 1.
  if (share >= Math.min(to, 1 - 1e-9)) return 1;
  const place = (share - from) / (to - from) * STEPS;
  const at = Math.floor(place);
  return table[at]! + (place - at) * (table[at + 1]! - table[at]!);
}
