import type { Comparison, Warning } from "../model/summary.ts";
import { equivalent } from "../stats/equivalence.ts";
import { hodgesLehmann } from "../stats/hodges_lehmann.ts";
import { holm } from "../stats/holm.ts";
import { signedRank } from "../stats/signed_rank.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { LEVEL } from "./estimate.ts";

/** Fewer pairs of blocks give no verdict. */
export const MIN_PAIRS = 8;
/** A block's p95 over fewer requests is little more than its maximum. */
const MIN_BLOCK_REQUESTS = 20;
const STATISTICS = ["p50", "p95"] as const;

/** One row of blocks.sql: an operation's quantiles in one steady block, milliseconds. */
export interface BlockQuantiles {
  readonly round: number;
  readonly arm: string;
  readonly operation: string;
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Direct SQL where it took part, else the first arm. */
export function baselineOf(arms: readonly string[]): string | undefined {
  return arms.includes("sql") ? "sql" : arms[0];
}

/** Each arm against the baseline, per operation and statistic, over the run's pairs of blocks. */
export async function comparisons(
  rows: Rows,
  runId: string,
  arms: readonly string[],
  operations: readonly string[],
): Promise<Comparison[]> {
  const blocks = await rows.rows<BlockQuantiles>(query("blocks"), { run: runId });
  return compareBlocks(blocks, arms, operations);
}

/**
 * The unit of replication is the pair of blocks of the same round, never the request: a ratio per pair, its
 * Hodges–Lehmann estimate on the log scale with the interval of the signed-rank test, and p adjusted by Holm
 * over the operations × quantiles of one candidate: each candidate is a question of its own ("is GraphQL
 * slower?"), and asking about a cache too must not make its answer vaguer. Equivalence within ±5 % needs no
 * adjustment: each of its two tests must succeed.
 */
export function compareBlocks(
  blocks: readonly BlockQuantiles[],
  arms: readonly string[],
  operations: readonly string[],
): Comparison[] {
  const baseline = baselineOf(arms);
  if (baseline === undefined) return [];
  return arms.filter((arm) => arm !== baseline).flatMap((candidate) => {
    const drafts = operations.flatMap((operation) =>
      STATISTICS.map((statistic) => draft(blocks, operation, baseline, candidate, statistic))
    );
    const judged = drafts.filter(({ logRatios }) => logRatios.length >= MIN_PAIRS);
    const adjusted = holm(judged.map(({ logRatios }) => signedRank(logRatios).p));
    const ps = new Map(judged.map((each, at) => [each, adjusted[at]!]));
    return drafts.map((each) => finish(each, ps.get(each) ?? null, judged.length));
  });
}

interface Draft {
  readonly operation: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly statistic: "p50" | "p95";
  readonly logRatios: readonly number[];
  readonly warnings: readonly Warning[];
}

function draft(
  blocks: readonly BlockQuantiles[],
  operation: string,
  baseline: string,
  candidate: string,
  statistic: "p50" | "p95",
): Draft {
  const of = (arm: string) =>
    new Map(
      blocks.filter((row) => row.arm === arm && row.operation === operation).map((row) => [row.round, row]),
    );
  const candidates = of(candidate);
  const logRatios: number[] = [];
  let unserved = 0;
  let thin = 0;
  for (const [round, base] of of(baseline)) {
    const against = candidates.get(round);
    const [below, above] = [base[statistic], against?.[statistic] ?? null];
    if (below === null || above === null) continue;
    const ratio = Math.log(above / below);
    // Two infinite quantiles, or two of zero, have no ratio.
    if (Number.isNaN(ratio)) {
      unserved++;
      continue;
    }
    if (statistic === "p95" && Math.min(base.n, against!.n) < MIN_BLOCK_REQUESTS) thin++;
    logRatios.push(ratio);
  }
  const warnings: Warning[] = [];
  if (unserved > 0) {
    const text = `${unserved} pairs of blocks have no ratio: requests were shed or never sent in both.`;
    warnings.push({ code: "unserved-pairs", text });
  }
  if (thin * 2 > logRatios.length) {
    const text =
      `${statistic} of ${operation}: most blocks hold fewer than ${MIN_BLOCK_REQUESTS} requests of it.`;
    warnings.push({ code: "thin-blocks", text });
  }
  return { operation, baseline, candidate, statistic, logRatios, warnings };
}

function finish(each: Draft, p: number | null, family: number): Comparison {
  const { operation, baseline, candidate, statistic, logRatios } = each;
  const n = logRatios.length;
  const location = hodgesLehmann(logRatios, LEVEL);
  const interval = location?.interval ?? null;
  const warnings = [...each.warnings];
  if (location !== null && !Number.isFinite(location.estimate)) {
    const text = `The ratio has no number: ${statistic} lies among requests that were shed or never sent.`;
    warnings.push({ code: "unbounded", text });
  }
  let verdict: Comparison["verdict"] = "inconclusive";
  if (p === null) {
    warnings.push({
      code: "few-pairs",
      text: `${n} pairs of blocks are too few for a verdict: ${MIN_PAIRS} are needed.`,
    });
  } else if (equivalent(logRatios)) {
    verdict = "equivalent";
  } else if (p < 1 - LEVEL && interval !== null && (interval.low > 0 || interval.high < 0)) {
    verdict = interval.low > 0 ? "slower" : "faster";
  } else if (2 / 2 ** n * family > 1 - LEVEL) {
    const text = `${n} pairs of blocks cannot decide ${family} comparisons at once: ` +
      `${Math.ceil(Math.log2(2 * family / (1 - LEVEL)))} are needed. Measure for longer.`;
    warnings.push({ code: "few-pairs-for-all", text });
  }
  return {
    operation,
    baseline,
    candidate,
    statistic,
    n,
    ratio: ratioOf(location?.estimate),
    low: ratioOf(interval?.low),
    high: ratioOf(interval?.high),
    level: LEVEL,
    p,
    verdict,
    warnings,
  };
}

/** From the log scale back; null where it is unbounded, since JSON and charts know no infinity. */
function ratioOf(log: number | undefined): number | null {
  return log === undefined || !Number.isFinite(log) ? null : Math.exp(log);
}
