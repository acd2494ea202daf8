import { INVALID_RUN } from "../model/comparison_text.ts";
import { mixShares, type Weighted } from "../model/mix_shares.ts";
import type { ArmRecord, RunConfig } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import { DEFAULT_MARGIN, equivalenceP } from "../stats/equivalence.ts";
import type { Sides } from "../stats/group_sequential.ts";
import { hodgesLehmann } from "../stats/hodges_lehmann.ts";
import { stepDown } from "../stats/holm.ts";
import { detectable } from "../stats/power.ts";
import { signedRank } from "../stats/signed_rank.ts";
import type { Rows } from "../store/runs.ts";
import { gapsWereDrawn, type GroupQuantiles, groupQuantiles, type Kind, KINDS } from "./block_pairs.ts";
import { LEVEL } from "./estimate.ts";
import { type PairRatios, pairRatios } from "./pair_ratios.ts";

/** Fewer pairs of blocks give no verdict. */
export const MIN_PAIRS = 8;
/**
 * How the 5 % of false verdicts that a candidate may have are shared out: one answer for all operations together is
 * what is asked first, medians are what most runs can tell, and few can tell a p95.
 */
export const SHARES: Readonly<Record<Kind, number>> = { all: 0.01, p50: 0.03, p95: 0.01 };

/** By what verdicts are given. */
export interface Judging {
  /** Ratios from 1 ÷ (1 + margin) to 1 + margin count as the same. */
  readonly margin: number;
  /** The p below which a comparison with such a share of false verdicts has one; 0: none can have. */
  readonly nominal: (share: number, sides: Sides) => number;
}

/** Of a run that is looked at once, at its end. */
export const ONCE: Judging = { margin: DEFAULT_MARGIN, nominal: (share) => share };

/** How arms are compared. */
export interface ComparingOptions {
  readonly judging?: Judging;
  /** The run does, or would have: of neighbouring blocks that are compared together only those that are complete count. */
  readonly goesOn?: boolean;
}

/**
 * Each arm against the baseline: all operations together, and each by median and p95, over the run's pairs of blocks.
 */
export async function comparisons(
  rows: Rows,
  runId: string,
  config: Pick<RunConfig, "operations" | "loop" | "streams">,
  records: readonly ArmRecord[],
  { judging = ONCE, goesOn = false }: ComparingOptions = {},
): Promise<Comparison[]> {
  const arms = records.map(({ name }) => name);
  const baseline = records.find(({ role }) => role === "baseline")?.name;
  const names = config.operations.map(({ name }) => name);
  const groups = await groupQuantiles(rows, runId, arms, names, { adjust: gapsWereDrawn(config), goesOn });
  return compareGroups(groups, arms, mixShares(config), baseline, judging);
}

/** Compares each arm with the baseline, from what was measured in the blocks of all. */
export function compareGroups(
  groups: readonly GroupQuantiles[],
  arms: readonly string[],
  operations: readonly Weighted[],
  baseline = arms[0],
  judging: Judging = ONCE,
): Comparison[] {
  if (baseline === undefined) return [];
  return arms.filter((arm) => arm !== baseline).flatMap((candidate) => {
    const pairs = pairRatios(groups, operations, baseline, candidate);
    return comparePairs(pairs, operations, judging).map((each) => ({ ...each, baseline, candidate }));
  });
}

/**
 * The Hodges–Lehmann estimate of pairs on the log scale with the interval of the signed-rank test. Each candidate is a
 * question of its own ("is GraphQL slower?"), and asking about a cache too must not make its answer vaguer: the 5 % of
 * one candidate are shared out by `SHARES`, and by Holm among its operations. The p that is told counts both in, so that
 * 0.05 is the limit everywhere. Equivalence is shared out and adjusted in the same way: a candidate that is called the
 * same in many places must not be so by chance in one.
 * @returns as they are read: all together, then each operation with both its quantiles
 */
export function comparePairs(
  of: readonly PairRatios[],
  operations: readonly Weighted[],
  judging: Judging = ONCE,
): CandidateComparison[] {
  const found = KINDS.flatMap((kind) => {
    const drafts = of.filter((each) => each.kind === kind).map(({ operation, pairs }) =>
      draft(operation, kind === "p95" ? "p95" : "p50", pairs.map(({ log }) => log))
    );
    return judged(drafts, SHARES[kind], { operations, judging });
  });
  return [null, ...operations.map(({ name }) => name)].flatMap((name) =>
    found.filter(({ operation }) => operation === name)
  );
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

interface JudgedBy {
  readonly operations: readonly Weighted[];
  readonly judging: Judging;
}

/** The comparisons of one share, judged together. */
function judged(
  drafts: readonly Draft[],
  share: number,
  { operations, judging }: JudgedBy,
): CandidateComparison[] {
  const { margin, nominal } = judging;
  const family = decidable(drafts, share, { operations, judging });
  const adjusted = (p: (logRatios: readonly number[]) => number, sides: Sides) =>
    stepDown(family.map(({ logRatios }) => p(logRatios)), (among) => nominal(share / among, sides))
      .map((part) => Math.min(1, (1 - LEVEL) * part));
  const different = adjusted((logRatios) => signedRank(logRatios).p, 2);
  const same = adjusted((logRatios) => equivalenceP(logRatios, margin), 1);
  return drafts.map((each) => {
    const at = family.indexOf(each);
    const ps = at < 0 ? null : { different: different[at]!, same: same[at]! };
    return finish(each, ps, { share, family: family.length, nominal });
  });
}

/**
 * Those that so many pairs can decide at all: a comparison that could never be called one would only take its part of
 * the share from the others. Left out are those with the fewest pairs, then those with the least part of the mix.
 */
function decidable(drafts: readonly Draft[], share: number, { operations, judging }: JudgedBy): Draft[] {
  const weight = ({ operation }: Draft) => operations.find(({ name }) => name === operation)?.weight ?? 0;
  const family = drafts.filter(({ logRatios }) => logRatios.length >= MIN_PAIRS)
    .sort((a, b) => b.logRatios.length - a.logRatios.length || weight(b) - weight(a));
  const least = () => 2 / 2 ** family.at(-1)!.logRatios.length;
  while (family.length > 0 && least() > judging.nominal(share / family.length, 2)) family.pop();
  return family;
}

/** A comparison of one candidate. */
export type CandidateComparison = Omit<Comparison, "baseline" | "candidate">;

interface Draft extends Pick<Comparison, "operation" | "statistic" | "warnings"> {
  readonly logRatios: readonly number[];
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

/** @param among its share of false verdicts, how many comparisons it is shared out among, and the p that it comes to */
function finish(
  { operation, statistic, logRatios, warnings: doubts }: Draft,
  ps: { readonly different: number; readonly same: number } | null,
  { share, family, nominal }: { readonly share: number; readonly family: number } & Pick<Judging, "nominal">,
): CandidateComparison {
  const n = logRatios.length;
  const part = nominal(1 - LEVEL, 2);
  const location = hodgesLehmann(logRatios, 1 - part);
  const interval = part === 0 ? null : location?.interval ?? null;
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
    detectable: ps === null ? null : ratioOf(detectable(logRatios, nominal(share / family, 2)) ?? undefined),
    verdict,
    warnings,
  };
}

/** From the log scale back; null where it is unbounded, since JSON and charts know no infinity. */
function ratioOf(log: number | undefined): number | null {
  return log === undefined || !Number.isFinite(log) ? null : Math.exp(log);
}
