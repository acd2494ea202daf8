import type { Environment, Phase, Run, Verdict } from "./run.ts";
import type { SloTerm } from "./slo.ts";

/** A doubt about a number, printed as a footnote beside it. `code` is stable, `text` is for people. */
export interface Warning {
  readonly code: string;
  readonly text: string;
}

/** A measured value with a confidence interval; `low` and `high` are null where it is not estimable. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Confidence level of the interval, e.g. 0.95. */
  readonly level: number;
  readonly warnings: readonly Warning[];
}

/** The quantile levels that every table shows. */
export const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/**
 * Latencies of one operation over one path, or of all operations of an arm. Milliseconds.
 * `ok` counts at its value, `timeout` as a lower bound, `shed` and `unsent` as +∞; `failed` is excluded,
 * counted and shown beside. A quantile that falls among the infinite is null with a warning.
 */
export interface Summary {
  readonly arm: string;
  /** Null: all operations of the arm together. */
  readonly operation: string | null;
  readonly n: number;
  readonly outcomes: {
    readonly ok: number;
    readonly failed: number;
    readonly timeout: number;
    readonly shed: number;
    readonly unsent: number;
  };
  /** (failed + timeout + shed + unsent) / n with a Wilson interval, 0 to 1. */
  readonly errorRate: Estimate;
  /** Successful requests a second of measured time of this arm. */
  readonly throughput: number;
  /** Response time (done − intended) by quantile level, keys as in `QUANTILES`: "0.5", "0.95" … */
  readonly response: Readonly<Record<string, Estimate>>;
  /** Service time (done − sent), the same keys. */
  readonly service: Readonly<Record<string, Estimate>>;
  /** Time waiting for a connection (acquired − woke), the same keys. */
  readonly waiting: Readonly<Record<string, Estimate>>;
  readonly maxMs: number | null;
  readonly meanBytes: number | null;
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
  readonly warnings: readonly Warning[];
}

/** Candidate against baseline, over pairs of blocks: ratio below 1 means that the candidate is faster. */
export interface Comparison {
  readonly operation: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly statistic: "p50" | "p95";
  /** Pairs of blocks. */
  readonly n: number;
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number;
  /** Two-sided signed-rank p, adjusted by Holm over the operations × quantiles of its candidate. */
  readonly p: number | null;
  readonly verdict: "faster" | "slower" | "equivalent" | "inconclusive";
  readonly warnings: readonly Warning[];
}

/** One rule of validity, judged. */
export interface ValidityCheck {
  readonly name: "generator-gap" | "on-time" | "arrivals" | "samples" | "slots";
  readonly title: string;
  readonly limit: string;
  readonly measured: string;
  readonly ok: boolean;
  /** What explains a failure, e.g. CPU stolen by neighbours; null when nothing was recorded. */
  readonly cause: string | null;
}

export interface Validity {
  readonly valid: boolean;
  readonly checks: readonly ValidityCheck[];
  /** Generator lag (woke − intended), milliseconds. */
  readonly lagMs: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null };
}

/** One term of the SLO, judged over all arms or one arm. */
export interface SloResult {
  readonly term: SloTerm;
  /** The term as the user wrote it. */
  readonly text: string;
  readonly arm: string;
  readonly limit: number;
  readonly measured: Estimate;
  readonly unit: "ms" | "%" | "/s";
  /** Positive: room left, as a share of the limit; negative: missed by as much. Null: not measured. */
  readonly margin: number | null;
  readonly ok: boolean;
}

/** Everything that reports, terminal and `--json` show of one run; `schema` is this shape's version. */
export interface RunSummary {
  readonly schema: 1;
  readonly run: Run;
  readonly verdict: Verdict | null;
  /** Whole sentences, the most important first. */
  readonly reasons: readonly string[];
  readonly slo: readonly SloResult[];
  /** Per arm over all operations first (`operation` null), then per operation × arm. */
  readonly operations: readonly Summary[];
  readonly comparisons: readonly Comparison[];
  readonly validity: Validity;
  readonly warnings: readonly Warning[];
  /** Slots by arm and outcome over all phases, so that the sum is what was scheduled. */
  readonly accounting: {
    readonly scheduled: number;
    readonly rows: readonly {
      readonly arm: string;
      readonly phase: Phase["name"];
      readonly outcome: string;
      readonly n: number;
    }[];
  };
  readonly environment: Environment;
  /** Absolute paths; null where the file was not made. */
  readonly files: {
    readonly html: string | null;
    readonly pdf: string | null;
    readonly summary: string | null;
    readonly store: string;
  };
}
