import type { RunConfig } from "../model/run.ts";
import {
  type Estimate,
  QUANTILES,
  type SegmentSummary,
  type Summary,
  type Warning,
} from "../model/summary.ts";
import { counted, formatCount } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { quantileEstimate, shareEstimate } from "./estimate.ts";
import { markGeneratorLimited } from "./generator_limited.ts";
import { type Blocks, type GroupStatistics, groupStatistics, type Measure } from "./group_statistics.ts";

/** One row of summary/counts.sql. */
interface Counts {
  readonly segment: string | null;
  readonly arm: string;
  readonly operation: string | null;
  readonly n: number;
  readonly ok: number;
  readonly failed: number;
  readonly timeout: number;
  readonly shed: number;
  readonly unsent: number;
  readonly inFlight: number;
  readonly retried: number;
  readonly hit: number;
  readonly miss: number;
  readonly stale: number;
  readonly bypass: number;
  readonly responses: number;
  readonly services: number;
  readonly waits: number;
  readonly maxMs: number | null;
  readonly shortestTimeoutMs: number | null;
  readonly meanBytes: number | null;
  readonly meanRows: number | null;
}

interface CodeRow {
  readonly segment: string | null;
  readonly arm: string;
  readonly operation: string | null;
  readonly code: string;
  readonly n: number;
}

export interface LatencyOptions {
  /** Quantile levels that a limit asks for beside QUANTILES. */
  readonly extraLevels: readonly number[];
  /**
   * p99 of the generator's lag, milliseconds: quantiles that are not much larger are marked. Null: closed loop.
   */
  readonly lagP99Ms: number | null;
  /** Whether the run ended before its time: what it cut off, sent or not, is then no error of the system. */
  readonly endedEarly?: boolean;
}

const NOTHING = {
  n: 0,
  ok: 0,
  failed: 0,
  timeout: 0,
  shed: 0,
  unsent: 0,
  inFlight: 0,
  retried: 0,
  hit: 0,
  miss: 0,
  stale: 0,
  bypass: 0,
  responses: 0,
  services: 0,
  waits: 0,
  maxMs: null,
  shortestTimeoutMs: null,
  meanBytes: null,
  meanRows: null,
};

/** How fast requests were answered. */
export interface Latencies {
  /** Each arm as a whole first, then each operation over each arm, in the order of the run's configuration. */
  readonly operations: readonly Summary[];
  /** The same of each measured segment by itself, in order of time; none where a run has only one. */
  readonly segments: readonly SegmentSummary[];
}

/**
 * Summaries of the measured phases. What was configured and never measured is there with n = 0.
 * @param only the segment that operations are told of; null: all that are measured
 */
export async function latencySummaries(
  rows: Rows,
  runId: string,
  config: RunConfig,
  options: LatencyOptions,
  only: string | null = null,
): Promise<Latencies> {
  const measured = await rows.rows<{ segment: string }>(query("summary/segments"), { run: runId });
  const several = measured.length > 1;
  // One reading for all of them.
  const own = several || only !== null ? await summariesOf(rows, runId, config, options, true) : null;
  const operations = only !== null ? own! : await summariesOf(rows, runId, config, options, false);
  return {
    operations: operations(only),
    segments: several ? measured.map(({ segment }) => ({ segment, operations: own!(segment) })) : [],
  };
}

/** The summaries of each segment, or, of null, those of all measured phases together. */
async function summariesOf(
  rows: Rows,
  runId: string,
  config: RunConfig,
  options: LatencyOptions,
  bySegment: boolean,
): Promise<(segment: string | null) => Summary[]> {
  const of = { run: runId, by_segment: bySegment };
  // Rows have whole microseconds.
  const withLimit = { ...of, limit_us: options.endedEarly ? config.timeoutMs * 1000 - 2 : 0 };
  const counts = await rows.rows<Counts>(query("summary/counts"), withLimit);
  const codes = await rows.rows<CodeRow>(query("summary/error_codes"), withLimit);
  const measured = await rows.rows<Blocks & { readonly seconds: number }>(query("summary/measured"), of);
  const levels = [...new Set([...QUANTILES, ...options.extraLevels])].sort((a, b) => a - b);
  const statistics = await groupStatistics(rows, of, { groups: counts, levels, measured });
  return (segment) =>
    groups(config).map(([arm, operation]) => {
      const isOwn = (row: Counts | CodeRow) =>
        row.segment === segment && row.arm === arm && row.operation === operation;
      const found = counts.find(isOwn) ?? { segment, arm, operation, ...NOTHING };
      const seconds = measured.find((row) => row.segment === segment && row.arm === arm)?.seconds ?? 0;
      return summary(found, codes.filter(isOwn), seconds, statistics(found), config, options);
    });
}

function groups(config: RunConfig): [string, string | null][] {
  return [
    ...config.arms.map((arm): [string, null] => [arm, null]),
    ...config.operations.flatMap(({ name }) => config.arms.map((arm): [string, string] => [arm, name])),
  ];
}

function summary(
  counts: Counts,
  codes: readonly CodeRow[],
  seconds: number,
  values: GroupStatistics,
  config: RunConfig,
  options: LatencyOptions,
): Summary {
  const { arm, operation, n, ok, failed, timeout, shed, unsent, hit, miss, stale, bypass } = counts;
  const notSent = options.endedEarly ? unsent : 0;
  const cutOff = notSent + counts.inFlight;
  const looked = hit + miss + stale + bypass;
  const estimates = (measure: Measure): Record<string, Estimate> => {
    const { n, quantiles } = values[measure];
    const shortestTimeoutMs = measure === "response" ? counts.shortestTimeoutMs : null;
    return Object.fromEntries(
      quantiles.map(({ level, found }) => [
        String(level),
        quantileEstimate({ n, level, found, shortestTimeoutMs }),
      ]),
    );
  };
  return {
    arm,
    operation,
    n,
    outcomes: { ok, failed, timeout, shed, unsent },
    errorRate: shareEstimate(n - ok - cutOff, n - cutOff, cutOff === 0 ? values.errorNoise : null),
    throughput: seconds === 0 ? 0 : ok / seconds,
    response: markGeneratorLimited(estimates("response"), config, options.lagP99Ms),
    service: estimates("service"),
    waiting: estimates("waiting"),
    maxMs: counts.maxMs,
    meanBytes: counts.meanBytes,
    meanRows: counts.meanRows,
    cache: looked === 0 ? null : { hit, miss, stale, bypass, hitRate: hit / looked },
    errors: codes.filter(({ code }) => notSent === 0 || code !== "unsent").map(({ code, n }) => ({
      code,
      n,
    })),
    warnings: n === 0 ? [nothingMeasured(arm, operation)] : [
      ...cutOff > 0 ? [cutOffAtEnd(arm, notSent, counts.inFlight)] : [],
      ...counts.retried > 0 ? [triedAgain(counts)] : [],
    ],
  };
}

function cutOffAtEnd(arm: string, notSent: number, inFlight: number): Warning {
  const [first, ...others] = ([[notSent, "not been sent"], [inFlight, "not been answered"]] as const)
    .filter(([n]) => n > 0);
  const had = `${counted(first![0], "request")} of ${arm} had ${first![1]}`;
  const more = others.map(([n, what]) => `, and ${formatCount(n)} had ${what},`).join("");
  return {
    code: "cut-off-at-end",
    text: `${had}${more} when the run ended early; that is no error of the system.`,
  };
}

function triedAgain({ arm, operation, retried, n }: Counts): Warning {
  const what = operation === null ? arm : `${operation} over ${arm}`;
  const text =
    `${formatCount(retried)} of ${formatCount(n)} requests of ${what} were retried: each counts once, ` +
    "with the outcome of its last attempt and the response time until then.";
  return { code: "retried", text };
}

function nothingMeasured(arm: string, operation: string | null): Warning {
  const what = operation === null ? `The arm ${arm}` : `${operation} over ${arm}`;
  return { code: "no-data", text: `${what} has no request in a measured block.` };
}
