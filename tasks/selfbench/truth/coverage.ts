import { blockNoise } from "../../stats/block_noise.ts";
import { normalQuantile } from "../../stats/normal.ts";
import { wilson } from "../../stats/proportion.ts";
import { estimable, quantile, quantileInterval } from "../../stats/quantile.ts";
import { ranksOf } from "../../summary/estimate.ts";
import { generator } from "./simulated_run.ts";

/** One arm's run, of which a quantile is asked. */
export interface CoverageCell {
  readonly title: string;
  /** Standard deviation of a whole block's logarithm. */
  readonly noise: number;
  /** How much of a block's deviation the next one takes over. */
  readonly memory: number;
  readonly blocks: number;
  /** Requests a block, on average. */
  readonly requests: number;
  readonly level: number;
}

/** A share of the runs with its own 95 % interval. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** How often the interval holds the true quantile. */
export interface Coverage {
  readonly cell: CoverageCell;
  /** As Benchbook has it, by noise between blocks. */
  readonly ours: Share;
  /** Binomial order statistics, for which requests are independent. */
  readonly independent: Share;
  /** Share of our intervals without an upper end. */
  readonly open: number;
}

/** Standard deviation of the logarithm of one request's time within a block. */
const SPREAD = 0.5;

const NOISES = [
  { title: "none", noise: 0, memory: 0 },
  { title: "3 %", noise: 0.03, memory: 0 },
  { title: "6 %", noise: 0.06, memory: 0 },
  { title: "12 %", noise: 0.12, memory: 0 },
  { title: "6 %, AR(0.5)", noise: 0.06, memory: 0.5 },
  { title: "12 %, AR(0.5)", noise: 0.12, memory: 0.5 },
] as const;

/** The default minute's arms have 90 blocks of 12 requests; an operation of 15 % of the mix has two of them. */
const SIZES = [
  { blocks: 30, requests: 15 },
  { blocks: 30, requests: 40 },
  { blocks: 60, requests: 40 },
  { blocks: 90, requests: 2 },
  { blocks: 90, requests: 12 },
] as const;

/** Every noise, size and quantile. */
export const COVERAGE_CELLS: readonly CoverageCell[] = NOISES.flatMap((noise) =>
  SIZES.flatMap((size) =>
    [0.5, 0.95, 0.99].filter((level) => estimable(0.9 * size.blocks * size.requests, level))
      .map((level) => ({ ...noise, ...size, level }))
  )
);

/** Simulates runs and counts the intervals that hold the quantile of the distribution that they were drawn from. */
export function coverageOf(cell: CoverageCell, runs: number): Coverage {
  const { noise, memory, requests } = cell;
  const truth = Math.exp(normalQuantile(cell.level) * Math.hypot(SPREAD, noise));
  return countCoverage(cell, runs, (seed) => {
    const random = generator(seed * 7919 + cell.blocks * 31 + cell.level * 1000);
    let deviation = random.normal();
    const blocks = Array.from({ length: cell.blocks }, () => {
      deviation = memory * deviation + Math.sqrt(1 - memory ** 2) * random.normal();
      const level = noise * deviation;
      // Of millions of them `Float64Array.from` takes most of the time.
      const block = new Float64Array(random.poisson(requests));
      for (let at = 0; at < block.length; at++) block[at] = Math.exp(level + SPREAD * random.normal());
      return block;
    });
    return { blocks, truth };
  });
}

/** @param drawn the blocks of a run by its seed, and the quantile of what they were drawn from */
export function countCoverage(
  cell: CoverageCell,
  runs: number,
  drawn: (seed: number) => { readonly blocks: readonly Float64Array[]; readonly truth: number },
): Coverage {
  let [n, ours, independent, open] = [0, 0, 0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const { blocks, truth } = drawn(seed);
    const found = intervalHolds(blocks, cell.level, truth);
    if (found === null) continue;
    n++;
    if (found.ours) ours++;
    if (found.independent) independent++;
    if (found.open) open++;
  }
  return { cell, ours: shareOf(ours, n), independent: shareOf(independent, n), open: open / Math.max(1, n) };
}

/** Whether the interval of a quantile of such blocks holds the true one; null where it is not estimable. */
function intervalHolds(
  blocks: readonly Float64Array[],
  level: number,
  truth: number,
): { readonly ours: boolean; readonly independent: boolean; readonly open: boolean } | null {
  const all = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const block of blocks) {
    all.set(block, filled);
    filled += block.length;
  }
  all.sort();
  const value = quantile(all, level);
  if (value === null) return null;
  const below = blocks.map((block) => block.reduce((sum, time) => time <= value ? sum + 1 : sum, 0));
  const ranks = ranksOf(all.length, level, blockNoise(below, blocks.map(({ length }) => length)));
  if (ranks === null) return null;
  return {
    ours: holds(all, ranks, truth),
    independent: holds(all, quantileInterval(all.length, level), truth),
    open: ranks.high === null,
  };
}

function holds(
  ascending: Float64Array,
  { low, high }: { readonly low: number | null; readonly high: number | null },
  truth: number,
): boolean {
  return (low === null || ascending[low - 1]! <= truth) && (high === null || truth <= ascending[high - 1]!);
}

/** So many of the runs. */
export function shareOf(hits: number, runs: number): Share {
  return { share: hits / runs, ...wilson(hits, runs)! };
}
