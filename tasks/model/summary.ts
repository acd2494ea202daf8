import type { TierSummary } from "./tier_summary.ts";
import type { Estimate, Warning } from "./estimate.ts";
import type { CacheSummary } from "./cache_summary.ts";
import type { MigrationSummary } from "./migration_summary.ts";
import type { ProbeSummary } from "./probe.ts";
import type { ArmRecord, Environment, Run, Verdict } from "./run.ts";
import type { RunNoise } from "./run_comparison.ts";
import type { ScalingSummary } from "./scaling.ts";
import type { SloTerm, SloWindows } from "./slo.ts";
import type { UntilDecidedSummary } from "./until_decided.ts";
import type { Validity } from "./validity.ts";

export type { Estimate, Warning };

/** The quantile levels that every table shows. */
export const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/**
 * Latencies of one operation over one path, or of all operations of an arm. Milliseconds.
 * `ok` counts at its value, `timeout` as a lower bound, `shed` and `unsent` as +∞; `failed` is excluded,
 * counted and shown beside. A quantile that falls among the infinite is null with a warning.
 */
export interface Summary {
  /** The arm that was asked. */
  readonly arm: string;
  /** Null: all operations of the arm together. */
  readonly operation: string | null;
  /** Requests due in its measured phases, whatever became of them. */
  readonly n: number;
  /** The same requests by what became of them; the sum is `n`. */
  readonly outcomes: {
    readonly ok: number;
    readonly failed: number;
    readonly timeout: number;
    readonly shed: number;
    readonly unsent: number;
  };
  /**
   * (failed + timeout + shed + unsent) / n with a Wilson interval, 0 to 1. Where the run ended early, those never
   * sent are left out of both: it was the end of the run that did not send them.
   */
  readonly errorRate: Estimate;
  /** Successful requests a second of measured time of this arm. */
  readonly throughput: number;
  /** Response time (done − intended) by quantile level, keys as in `QUANTILES`: "0.5", "0.95" … */
  readonly response: Readonly<Record<string, Estimate>>;
  /** Service time (done − sent), the same keys. */
  readonly service: Readonly<Record<string, Estimate>>;
  /** Time waiting for a connection (acquired − woke), the same keys. */
  readonly waiting: Readonly<Record<string, Estimate>>;
  /** Longest response time, timeouts included at their lower bound; null without any. */
  readonly maxMs: number | null;
  /** Mean size of an answer in bytes over `ok` requests; null without any whose size is known. */
  readonly meanBytes: number | null;
  /** Mean rows of an answer over `ok` requests; null over paths that do not count rows. */
  readonly meanRows: number | null;
  /** Null where nothing of it is cacheable. */
  readonly cache:
    | {
      readonly hit: number;
      readonly miss: number;
      readonly stale: number;
      readonly bypass: number;
      /** hit / (hit + miss + stale + bypass), 0 to 1. */
      readonly hitRate: number;
    }
    | null;
  /** Errors by code, most frequent first. */
  readonly errors: readonly { readonly code: string; readonly n: number }[];
  /**
   * In what PostgreSQL's plan for a candidate's operation differs from that for the baseline's, the most telling first,
   * e.g. `Seq Scan on orders → Index Scan using orders_customer_id on orders`; empty: in nothing. Absent where not both
   * plans are known: they are taken for arms that ask by SQL.
   */
  readonly planChanges?: readonly string[];
  /** Doubts about the group as a whole; those about one number stand with it. */
  readonly warnings: readonly Warning[];
}

/** The figures of one segment of a run that has several measured ones. */
export interface SegmentSummary {
  /** Its name, in the words of the schedule that made it. */
  readonly segment: string;
  /** As `RunSummary.operations`, of this segment alone. */
  readonly operations: readonly Summary[];
}

/** Candidate against baseline, over pairs of blocks: ratio below 1 means that the candidate is faster. */
export interface Comparison {
  /** The question that both were asked; null: all operations together, weighted by the mix. */
  readonly operation: string | null;
  /** The arm compared with: the one whose role it is. */
  readonly baseline: string;
  /** The arm that is compared. */
  readonly candidate: string;
  /** Which quantile of response times is compared: the median of blocks, p95 of groups of neighbouring blocks. */
  readonly statistic: "p50" | "p95";
  /** Pairs of blocks, or of groups of neighbouring ones where a block holds too few requests. */
  readonly n: number;
  /** Candidate ÷ baseline by Hodges–Lehmann; null without pairs or where it is unbounded. */
  readonly ratio: number | null;
  /** Lower end of the ratio's interval; null where there is none. */
  readonly low: number | null;
  /** Upper end of the ratio's interval; null where there is none. */
  readonly high: number | null;
  /** Confidence level of the interval, e.g. 0.95; of a run that ends when it knows over all its looks together. */
  readonly level: number;
  /**
   * Two-sided signed-rank p, adjusted so that 0.05 is the limit: for its part of the candidate's 5 %, and by Holm over
   * the operations; null where there are too few pairs for a verdict.
   */
  readonly p: number | null;
  /**
   * The smallest change that four of five such runs would have shown, as a ratio above 1 (1.08: 8 % slower, or as much
   * faster); null where no verdict was possible. Absent in summaries of older versions.
   */
  readonly detectable?: number | null;
  /** What the candidate is; `equivalent`: within ±5 %, or the margin of a run that ends when it knows. */
  readonly verdict: "faster" | "slower" | "equivalent" | "inconclusive";
  /** Doubts about the comparison, e.g. too few pairs. */
  readonly warnings: readonly Warning[];
}

/** One term of the SLO, judged for one arm. */
export interface SloResult {
  /** The term that is judged. */
  readonly term: SloTerm;
  /** The term as the user wrote it. */
  readonly text: string;
  /** The arm that it is judged for; the scope as written where the run has nothing of that name. */
  readonly arm: string;
  /** The only operation that counts; null: all of the arm's together. */
  readonly operation: string | null;
  /** The only stream that counts; null: all together. */
  readonly stream: string | null;
  /** The term's limit, in `unit`. */
  readonly limit: number;
  /** What was measured, in `unit`; over windows the worst one's value, without an interval. */
  readonly measured: Estimate;
  /** The unit of limit and measured value; with `%` both are shares from 0 to 1. */
  readonly unit: "ms" | "%" | "/s";
  /** Positive: room left, as a share of the limit; negative: missed by as much. Null: not measured. */
  readonly margin: number | null;
  /** Whether the measured value holds the limit; false also where it was not judged. */
  readonly ok: boolean;
  /** The result in a word, of the run as a whole; absent until its verdict is drawn. */
  readonly outcome?: SloOutcome;
  /** The windows of a term over windows; null where the measured time is judged as a whole. */
  readonly windows: SloWindows | null;
}

/**
 * Whether a result says nothing either way: too little was measured. A quantile among the unserved is a miss.
 */
export function unmeasured({ measured }: SloResult): boolean {
  return measured.value === null && !measured.warnings.some(({ code }) => code === "unbounded");
}

/** `not judged`: nobody could tell, which is neither a pass nor a miss. */
export type SloOutcome = "pass" | "fail" | "not judged";

/**
 * A result in a word. One of a run that ended early, or whose generator shaped it, is not judged: its value says
 * nothing of the whole. Nor is one of which too little was measured.
 */
export function sloOutcome(
  result: SloResult,
  { run, verdict }: { readonly run: Pick<Run, "status">; readonly verdict: Verdict | null },
): SloOutcome {
  if (run.status !== "complete" || verdict === "invalid" || unmeasured(result)) return "not judged";
  return result.ok ? "pass" : "fail";
}

/** What `sloOutcome` says, with a sign: nobody has to tell it by its colour. */
export function outcomeText(outcome: ReturnType<typeof sloOutcome>): string {
  return `${outcome === "pass" ? "✓" : outcome === "fail" ? "✗" : "–"} ${outcome}`;
}

/** A change of an arm's level, found afterwards in its bins of about a second. */
export interface LevelChange {
  /** Median response time in milliseconds, answers a second, or the share of cache hits. */
  readonly metric: "response" | "throughput" | "hit";
  /** When the new level began, µs from the run's start. */
  readonly atUs: number;
  /** The median of the bins before it, back to the change before that; null: beyond measure. */
  readonly before: number | null;
  /** The median of the bins after it, up to the next change; null: beyond measure. */
  readonly after: number | null;
}

/** Whether an arm had settled when it was measured. A finding: it does not change the verdict. */
export interface SteadyState {
  /** The arm, over its own blocks. */
  readonly arm: string;
  /**
   * `late`: it changed early in the measured time and no more; `never`: it still changed after that; `unknown`: it
   * was measured for too short a time to tell.
   */
  readonly state: "steady" | "late" | "never" | "unknown";
  /** From when on it was steady, µs from the run's start; null where it never was, and where it is unknown. */
  readonly fromUs: number | null;
  /** Every change within the measured time, in order of time. */
  readonly changes: readonly LevelChange[];
}

/** Everything that reports, terminal and `--json` show of one run; `schema` is this shape's version. */
export interface RunSummary {
  /** Counts up when a reader of the older shape would misread it. */
  readonly schema: 1;
  /** The run with its configuration. */
  readonly run: Run;
  /** Null: nothing to judge, without an SLO or because the run ended early. */
  readonly verdict: Verdict | null;
  /** Whole sentences, the most important first. */
  readonly reasons: readonly string[];
  /** In their order. */
  readonly arms: readonly ArmRecord[];
  /** Each term for each arm; empty without an SLO. */
  readonly slo: readonly SloResult[];
  /** Per arm over all operations first (`operation` null), then per operation × arm. */
  readonly operations: readonly Summary[];
  /** The same of each measured segment, in order of time; absent where there is only one. */
  readonly segments?: readonly SegmentSummary[];
  /** Each other arm against the baseline, per operation and quantile. */
  readonly comparisons: readonly Comparison[];
  /** What each tier beside the tables gave back, and what it cost; absent where there is none. */
  readonly tiers?: readonly TierSummary[];
  /** How far a run came that ends when it knows; absent where the length was fixed. */
  readonly untilDecided?: UntilDecidedSummary;
  /** How GraphQL was served; absent where each arm over it was served by one process alone. */
  readonly scaling?: ScalingSummary;
  /** Whether the generator shaped the result. */
  readonly validity: Validity;
  /** How much the run strays, within itself and among others; absent where it was not asked for. */
  readonly noise?: RunNoise;
  /** What caches did, and what others would have done; absent where no arm has one. */
  readonly caches?: readonly CacheSummary[];
  /** From when on each arm was steady; empty where the rate of arrivals changed by plan. */
  readonly steady: readonly SteadyState[];
  /** Doubts about the run as a whole. */
  readonly warnings: readonly Warning[];
  /** Slots by arm and outcome over all phases, so that the sum is what was scheduled. */
  readonly accounting: {
    readonly scheduled: number;
    readonly rows: readonly {
      readonly arm: string;
      readonly phase: string;
      readonly outcome: string;
      readonly n: number;
    }[];
  };
  /** What the migration did, and what proves it; absent where the run migrates nothing. */
  readonly migration?: MigrationSummary;
  /** What a probe saw; absent where the run is none. */
  readonly probe?: ProbeSummary;
  /** The same as `run.environment`. */
  readonly environment: Environment;
  /** Absolute paths; null where the file was not made. */
  readonly files: {
    readonly html: string | null;
    readonly pdf: string | null;
    readonly summary: string | null;
    readonly store: string;
  };
}

/** Requests of all measured phases, whatever became of them. */
export function measuredRequests(
  { operations, segments }: {
    readonly operations: readonly Pick<Summary, "operation" | "n">[];
    readonly segments?: readonly { readonly operations: readonly Pick<Summary, "operation" | "n">[] }[];
  },
): number {
  const rows = segments?.flatMap((segment) => segment.operations) ?? operations;
  return rows.reduce((sum, { operation, n }) => operation === null ? sum + n : sum, 0);
}
