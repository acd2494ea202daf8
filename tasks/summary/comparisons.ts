import { INVALID_RUN } from "../model/comparison_text.ts";
import { mixShares, type Weighted } from "../model/mix_shares.ts";
import type { ArmRecord, RunConfig } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import { equivalenceP } from "../stats/equivalence.ts";
import { hodgesLehmann } from "../stats/hodges_lehmann.ts";
import { holm } from "../stats/holm.ts";
import { detectable } from "../stats/power.ts";
import { median } from "../stats/robust.ts";
import { signedRank } from "../stats/signed_rank.ts";
import type { Rows } from "../store/runs.ts";
import { gapsWereDrawn, type GroupQuantiles, groupQuantiles, type Kind, KINDS } from "./block_pairs.ts";
import { LEVEL } from "./estimate.ts";

/** Fewer pairs of blocks give no verdict. */
export const MIN_PAIRS = 8;
/**
 * How the 5 % of false verdicts that a candidate may have are shared out: one answer for all operations together is
 * what is asked first, medians are what most runs can tell, and few can tell a p95.
 */
export const SHARES: Readonly<Record<Kind, number>> = { all: 0.01, p50: 0.03, p95: 0.01 };
/** All operations together are told from blocks that hold at least this share of the mix. */
const LEAST_OF_MIX = 0.5;

/**
 * Each arm against the baseline: all operations together, and each by median and p95, over the run's pairs of blocks.
 */
export async function comparisons(
  rows: Rows,
  runId: string,
  config: Pick<RunConfig, "operations" | "loop" | "streams">,
  records: readonly ArmRecord[],
): Promise<Comparison[]> {
  const arms = records.map(({ name }) => name);
  const baseline = records.find(({ role }) => role === "baseline")?.name;
  const names = config.operations.map(({ name }) => name);
  const groups = await groupQuantiles(rows, runId, arms, names, gapsWereDrawn(config));
  return compareGroups(groups, arms, mixShares(config), baseline);
}

/**
 * The unit of replication is the pair of blocks of the same round (or of groups of neighbouring rounds), never the
 * request: a ratio per pair, its Hodges–Lehmann estimate on the log scale with the interval of the signed-rank test.
 * All operations together are the mean of each one's typical log ratio of requests, weighted by the mix. Each candidate
 * is a question of its own ("is GraphQL slower?"), and asking about a cache too must not make its answer vaguer: the 5
 * % of one candidate are shared out by `SHARES`, and by Holm among its operations. The p that is told counts both in,
 * so that 0.05 is the limit everywhere. Equivalence within ±5 % is shared out and adjusted in the same way: a candidate
 * that is called the same in many places must not be so by chance in one.
 */
export function compareGroups(
  groups: readonly GroupQuantiles[],
  arms: readonly string[],
  operations: readonly Weighted[],
  baseline = arms[0],
): Comparison[] {
  if (baseline === undefined) return [];
  const cells = cellsOf(groups);
  return arms.filter((arm) => arm !== baseline).flatMap((candidate) => {
    const pairsOf: Pairs = (kind, operation) =>
      ratios(kind, cells(kind, operation, baseline), cells(kind, operation, candidate));
    const found = KINDS.flatMap((kind) => {
      const drafts = kind === "all"
        ? [draft(null, "p50", together(pairsOf, operations))]
        : operations.map(({ name }) => draft(name, kind, [...pairsOf(kind, name).values()]));
      return judged(drafts, SHARES[kind], operations).map((each) => ({ ...each, baseline, candidate }));
    });
    // As they are read: all together, then each operation with both its quantiles.
    return [null, ...operations.map(({ name }) => name)].flatMap((name) =>
      found.filter(({ operation }) => operation === name)
    );
  });
}

/**
 * The same without a verdict, as in a run whose generator shaped it: what it did to one arm's blocks would be told of
 * the arm.
 */
export function notJudged(comparisons: readonly Comparison[]): Comparison[] {
  const warning = { code: INVALID_RUN, text: "Not judged: the run is invalid." };
  return comparisons.map((each) => ({
    ...each,
    verdict: "inconclusive",
    warnings: [...each.warnings, warning],
  }));
}

/** The comparisons of one share, judged together. */
function judged(drafts: readonly Draft[], share: number, operations: readonly Weighted[]): Judged[] {
  const family = decidable(drafts, share, operations);
  const toOne = (1 - LEVEL) / share;
  const adjusted = (p: (logRatios: readonly number[]) => number) =>
    holm(family.map(({ logRatios }) => p(logRatios))).map((each) => Math.min(1, toOne * each));
  const different = adjusted((logRatios) => signedRank(logRatios).p);
  const same = adjusted((logRatios) => equivalenceP(logRatios));
  return drafts.map((each) => {
    const at = family.indexOf(each);
    const ps = at < 0 ? null : { different: different[at]!, same: same[at]! };
    return finish(each, ps, { share, family: family.length });
  });
}

/**
 * Those that so many pairs can decide at all: a comparison that could never be called one would only take its part of
 * the share from the others. Left out are those with the fewest pairs, then those with the least part of the mix.
 */
function decidable(drafts: readonly Draft[], share: number, operations: readonly Weighted[]): Draft[] {
  const weight = ({ operation }: Draft) => operations.find(({ name }) => name === operation)?.weight ?? 0;
  const family = drafts.filter(({ logRatios }) => logRatios.length >= MIN_PAIRS)
    .sort((a, b) => b.logRatios.length - a.logRatios.length || weight(b) - weight(a));
  while (family.length > 0 && 2 / 2 ** family.at(-1)!.logRatios.length > share / family.length) family.pop();
  return family;
}

/** A comparison of one candidate. */
type Judged = Omit<Comparison, "baseline" | "candidate">;
/** Log ratios by their round. */
type Pairs = (kind: Kind, operation: string) => ReadonlyMap<number, number>;

interface Draft extends Pick<Comparison, "operation" | "statistic" | "warnings"> {
  readonly logRatios: readonly number[];
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

/** Logarithms; not a number where both sides are infinite, or 0. */
function ratios(kind: Kind, below: Cells, above: Cells): Map<number, number> {
  return new Map(
    [...above].filter(([round]) => below.has(round)).map(([round, candidate]) => {
      const base = below.get(round)!;
      const log = kind === "p95"
        ? Math.log(candidate.p95! / base.p95!)
        : medianRatio(base.times!, candidate.times!);
      return [round, log];
    }),
  );
}

/**
 * The median of the log ratios of each request of the one to each of the other (Hodges and Lehmann's estimate of a
 * shift): of a handful of requests it strays up to a quarter less than the ratio of their medians, or of their trimmed
 * means.
 */
function medianRatio(below: readonly number[], above: readonly number[]): number {
  const logs = below.flatMap((base) => above.map((time) => Math.log(time / base)));
  // Of two endless times none is longer; where most are, nothing can be told.
  if (2 * logs.filter(Number.isNaN).length > logs.length) return NaN;
  return median(logs.map((log) => Number.isNaN(log) ? 0 : log))!;
}

/** Of each pair the mean of the operations' typical log ratios, weighted by the mix. */
function together(pairsOf: Pairs, operations: readonly Weighted[]): number[] {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  const sums = new Map<number, { weight: number; log: number }>();
  for (const { name, weight } of operations) {
    for (const [round, log] of pairsOf("all", name)) {
      const sum = sums.get(round) ?? { weight: 0, log: 0 };
      sums.set(round, { weight: sum.weight + weight, log: sum.log + weight * log });
    }
  }
  return [...sums.values()].filter(({ weight }) => weight >= LEAST_OF_MIX * total)
    .map(({ weight, log }) => log / weight);
}

function draft(operation: string | null, statistic: "p50" | "p95", pairs: readonly number[]): Draft {
  const logRatios = pairs.filter((log) => !Number.isNaN(log));
  const unserved = pairs.length - logRatios.length;
  const text = `${unserved} pairs of blocks have no ratio: requests were shed or never sent in both.`;
  return {
    operation,
    statistic,
    logRatios,
    warnings: unserved === 0 ? [] : [{ code: "unserved-pairs", text }],
  };
}

/** @param among its share of false verdicts, and how many comparisons it is shared out among */
function finish(
  { operation, statistic, logRatios, warnings: doubts }: Draft,
  ps: { readonly different: number; readonly same: number } | null,
  { share, family }: { readonly share: number; readonly family: number },
): Judged {
  const n = logRatios.length;
  const location = hodgesLehmann(logRatios, LEVEL);
  const interval = location?.interval ?? null;
  const warnings = [...doubts];
  if (location !== null && !Number.isFinite(location.estimate)) {
    const text = `The ratio has no number: ${statistic} lies among requests that were shed or never sent.`;
    warnings.push({ code: "unbounded", text });
  }
  let verdict: Comparison["verdict"] = "inconclusive";
  if (n < MIN_PAIRS) {
    warnings.push({ code: "few-pairs", text: `Too few pairs for a verdict: ${n} of ${MIN_PAIRS}.` });
  } else if (ps === null) {
    const needed = Math.ceil(Math.log2(2 * (family + 1) / share));
    const text = `${n} pairs cannot decide ${family + 1} such comparisons at once: ${needed} are needed. ` +
      "Measure for longer.";
    warnings.push({ code: "few-pairs-for-all", text });
  } else if (ps.same < 1 - LEVEL) {
    verdict = "equivalent";
  } else if (ps.different < 1 - LEVEL && interval !== null && (interval.low > 0 || interval.high < 0)) {
    verdict = interval.low > 0 ? "slower" : "faster";
  }
  return {
    operation,
    statistic,
    n,
    ratio: ratioOf(location?.estimate),
    low: ratioOf(interval?.low),
    high: ratioOf(interval?.high),
    level: LEVEL,
    p: ps?.different ?? null,
    detectable: ps === null ? null : ratioOf(detectable(logRatios, share / family) ?? undefined),
    verdict,
    warnings,
  };
}

/** From the log scale back; null where it is unbounded, since JSON and charts know no infinity. */
function ratioOf(log: number | undefined): number | null {
  return log === undefined || !Number.isFinite(log) ? null : Math.exp(log);
}
