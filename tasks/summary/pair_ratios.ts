import type { Weighted } from "../model/mix_shares.ts";
import { type GroupQuantiles, type Kind, KINDS } from "./block_pairs.ts";

/** All operations together are told from blocks that hold at least this share of the mix. */
const LEAST_OF_MIX = 0.5;

/** The logarithm of candidate ÷ baseline in one pair of blocks, or of groups of neighbouring ones. */
export interface PairRatio {
  /** The pair's first round. */
  readonly round: number;
  /** The round after its last one; Infinity: it reaches to the end of the run. */
  readonly end: number;
  /** Not a number where both sides are infinite, or 0. */
  readonly log: number;
}

/** The pairs of one comparison, in order of time. */
export interface PairRatios {
  readonly kind: Kind;
  /** Null: all operations together, weighted by the mix. */
  readonly operation: string | null;
  readonly pairs: readonly PairRatio[];
}

/**
 * The unit of replication is the pair of blocks of the same round (or of groups of neighbouring rounds), never the
 * request: a log ratio per pair. All operations together are the mean of each one's typical log ratio of requests,
 * weighted by the mix.
 * @returns all together, each operation's median, each one's p95
 */
export function pairRatios(
  groups: readonly GroupQuantiles[],
  operations: readonly Weighted[],
  baseline: string,
  candidate: string,
): PairRatios[] {
  const cells = cellsOf(groups);
  const pairsOf = (kind: Kind, operation: string) =>
    ratios(kind, cells(kind, operation, baseline), cells(kind, operation, candidate));
  return KINDS.flatMap((kind): PairRatios[] =>
    kind === "all"
      ? [{ kind, operation: null, pairs: together((name) => pairsOf(kind, name), operations) }]
      : operations.map(({ name }) => ({ kind, operation: name, pairs: pairsOf(kind, name) }))
  );
}

/** The same as it was known after so many rounds of a run. */
export function pairsUntil(of: readonly PairRatios[], rounds: number): PairRatios[] {
  return of.map((each) => ({ ...each, pairs: each.pairs.filter(({ end }) => end <= rounds) }));
}

/** What was measured by round, of one kind, operation and arm. */
type Cells = ReadonlyMap<number, GroupQuantiles>;

function cellsOf(groups: readonly GroupQuantiles[]): (kind: Kind, operation: string, arm: string) => Cells {
  const found = new Map<string, Map<number, GroupQuantiles>>();
  const key = (...words: string[]) => JSON.stringify(words);
  for (const group of groups) {
    if (group.n === 0) continue;
    const of = key(group.kind, group.operation, group.arm);
    if (!found.has(of)) found.set(of, new Map());
    found.get(of)!.set(group.round, group);
  }
  return (...words) => found.get(key(...words)) ?? new Map();
}

/** Of the rounds that both have. */
function ratios(kind: Kind, below: Cells, above: Cells): PairRatio[] {
  const rounds = [...above.keys()].filter((round) => below.has(round)).sort((a, b) => a - b);
  return rounds.map((round, at) => {
    const [base, candidate] = [below.get(round)!, above.get(round)!];
    const log = kind === "p95"
      ? Math.log(candidate.p95! / base.p95!)
      : medianRatio(base.times!, candidate.times!);
    return { round, end: rounds[at + 1] ?? Infinity, log };
  });
}

/**
 * The median of the log ratios of each request of the one to each of the other (Hodges and Lehmann's estimate of a
 * shift): of a handful of requests it strays up to a quarter less than the ratio of their medians, or of their trimmed
 * means.
 */
function medianRatio(below: readonly number[], above: readonly number[]): number {
  const bases = below.map(Math.log);
  const logs = new Float64Array(below.length * above.length);
  let [at, unknown] = [0, 0];
  for (const time of above) {
    const candidate = Math.log(time);
    for (const base of bases) {
      // Of two endless times none is longer; where most are, nothing can be told.
      const log = candidate - base;
      if (Number.isNaN(log)) unknown++;
      logs[at++] = Number.isNaN(log) ? 0 : log;
    }
  }
  if (2 * unknown > logs.length) return NaN;
  logs.sort();
  const middle = logs.length >> 1;
  return logs.length % 2 === 1 ? logs[middle]! : (logs[middle - 1]! + logs[middle]!) / 2;
}

/** Of each pair the mean of the operations' typical log ratios, weighted by the mix. */
function together(
  pairsOf: (operation: string) => readonly PairRatio[],
  operations: readonly Weighted[],
): PairRatio[] {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  const sums = new Map<number, { weight: number; log: number; end: number }>();
  for (const { name, weight } of operations) {
    for (const { round, end, log } of pairsOf(name)) {
      const sum = sums.get(round) ?? { weight: 0, log: 0, end };
      sums.set(round, {
        weight: sum.weight + weight,
        log: sum.log + weight * log,
        end: Math.max(sum.end, end),
      });
    }
  }
  return [...sums].filter(([, { weight }]) => weight >= LEAST_OF_MIX * total)
    .map(([round, { weight, log, end }]) => ({ round, end, log: log / weight }));
}
