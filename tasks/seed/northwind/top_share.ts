import { firstWhere } from "../../stats/first_where.ts";

/** Ranks whose weights differ little, taken together: a million of them are some hundred groups. */
export interface RankGroup {
  readonly count: number;
  /** Of each of them; the weights of all ranks sum to one. */
  readonly weight: number;
}

/** The most popular ranks, and the others. */
export interface Ranks {
  readonly top: readonly RankGroup[];
  readonly rest: readonly RankGroup[];
}

/** Ranks of up to this number stand alone; later groups span this share of their ranks. */
const ALONE = 50;
const SPAN = 0.02;

/** Steps of the integral over time, evenly on a logarithmic scale. */
const STEPS = 600;

/** Poisson's tail is summed up to here; above, Wilson and Hilferty's cube root is as good. */
const SUMMED = 40;

/** Zipf's distribution over `n` ranks, the first `most` of them apart. */
export function zipfRanks(n: number, skew: number, most: number): Ranks {
  let total = 0;
  for (let rank = 1; rank <= n; rank++) total += Math.pow(rank, -skew);
  const groups = (from: number, to: number): RankGroup[] => {
    const list: RankGroup[] = [];
    for (let begin = from; begin < to;) {
      const end = Math.min(to, begin + (begin < ALONE ? 1 : Math.ceil(begin * SPAN)));
      let weight = 0;
      for (let rank = begin + 1; rank <= end; rank++) weight += Math.pow(rank, -skew);
      list.push({ count: end - begin, weight: weight / total / (end - begin) });
      begin = end;
    }
    return list;
  };
  return { top: groups(0, most), rest: groups(most, n) };
}

/**
 * The share of draws that falls to the ranks which turn out to be drawn most, where `draws` are made one after
 * the other with the ranks' weights. It exceeds the top ranks' own weight, since chance carries some of the
 * others above them: counts are taken as Poisson's.
 */
export function luckyTopShare({ top, rest }: Ranks, draws: number): number {
  const groups = [...top, ...rest];
  const most = top.reduce((sum, { count }) => sum + count, 0);
  const sum = (valueOf: (mean: number) => number) =>
    groups.reduce((total, { count, weight }) => total + count * valueOf(draws * weight), 0);
  // The least count that at most so many reach.
  const highest = draws * groups[0]!.weight;
  const low = firstWhere(
    0,
    Math.ceil(highest + 12 * Math.sqrt(highest) + 40),
    (count) => sum((mean) => poissonTail(mean, count + 1)) <= most,
  );
  const above = sum((mean) => poissonTail(mean, low + 1));
  // E[X; X > t] = mean × P(X ≥ t)
  return (sum((mean) => mean * poissonTail(mean, low)) + (most - above) * low) / draws;
}

/**
 * How many of `size` draws without replacement, each with the weights of the ranks that are left, fall to the
 * top ranks; by size from 1. Exact but for the grouping: every rank is given an exponential waiting time with its
 * weight as the rate, and the first `size` to arrive are those that are drawn (P. S. Efraimidis and P. G. Spirakis,
 * "Weighted random sampling with a reservoir", Information Processing Letters 97(5), 2006).
 */
export function topDraws({ top, rest }: Ranks, sizes: number): number[] {
  const rarest = Math.min(...[...top, ...rest].map(({ weight }) => weight));
  const [first, last] = [Math.log(1e-4), Math.log(50 / rarest)];
  const draws = new Array<number>(sizes).fill(0);
  let before: Record<"arrived" | "others", Float64Array> = {
    arrived: new Float64Array(sizes + 1),
    others: new Float64Array(sizes + 1).fill(1),
  };
  for (let step = 0; step <= STEPS; step++) {
    const time = Math.exp(first + (last - first) * step / STEPS);
    // arrived[a]: at least a of the top are there; others[b]: fewer than b of the rest are.
    const others = cumulated(arrivals(rest, time, sizes));
    const arrived = cumulated(arrivals(top, time, sizes)).map((fewer) => 1 - fewer);
    for (let size = 1; size <= sizes; size++) {
      for (let a = 1; a <= size; a++) {
        const room = size - a + 1;
        draws[size - 1]! += (arrived[a]! - before.arrived[a]!) * (others[room]! + before.others[room]!) / 2;
      }
    }
    // So many of the others are there by now that none of the top comes in time.
    if (others[sizes]! < 1e-9) break;
    before = { arrived, others };
  }
  return draws;
}

/** The probabilities that 0, 1 … `most` − 1 of the ranks have arrived by that time. */
function arrivals(groups: readonly RankGroup[], time: number, most: number): Float64Array {
  let all = new Float64Array(most);
  all[0] = 1;
  for (const { count, weight } of groups) {
    const arrived = -Math.expm1(-weight * time);
    const own = new Float64Array(most);
    for (let n = 0, ways = 1; n < Math.min(most, count + 1); ways *= (count - n) / (n + 1), n++) {
      own[n] = ways * Math.pow(arrived, n) * Math.exp(-weight * time * (count - n));
    }
    const next = new Float64Array(most);
    for (let a = 0; a < most; a++) for (let b = 0; a + b < most; b++) next[a + b]! += all[a]! * own[b]!;
    all = next;
  }
  return all;
}

/** At n the sum of the first n. */
function cumulated(probabilities: Float64Array): Float64Array {
  const sums = new Float64Array(probabilities.length + 1);
  for (const [n, probability] of probabilities.entries()) sums[n + 1] = sums[n]! + probability;
  return sums;
}

/** P(X ≥ t) of Poisson's distribution. */
function poissonTail(mean: number, t: number): number {
  if (t <= 0) return 1;
  if (t <= SUMMED) {
    let term = Math.exp(-mean);
    let below = 0;
    for (let n = 0; n < t; n++) {
      below += term;
      term *= mean / (n + 1);
    }
    return Math.max(0, 1 - below);
  }
  // E. B. Wilson and M. M. Hilferty, "The distribution of chi-square", PNAS 17(12), 1931.
  return normalBelow((Math.cbrt(mean / t) - (1 - 1 / (9 * t))) * 3 * Math.sqrt(t));
}

/** The normal distribution, absolute error below 1e-7: Abramowitz and Stegun, formula 26.2.17. */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t *
    (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = series * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  return z > 0 ? 1 - above : above;
}
