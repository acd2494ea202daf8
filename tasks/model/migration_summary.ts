import type { LedgerProblem, LockEvent, MigrationConfig, StatementLock, StepRecord } from "./migration.ts";
import type { Estimate, Warning } from "./estimate.ts";

/** What a migration did to those who used the database meanwhile, and what proves it. Part of a run's summary. */
export interface MigrationSummary {
  readonly migration: MigrationConfig;
  /** Per path and kind, of requests that reach the database; `path` null: all paths together. */
  readonly impacts: readonly Impact[];
  /** The longest of all paths and kinds; null: nothing was pending long enough to tell. */
  readonly stall: Stall | null;
  /** What the targets allow a stall to be, ms. */
  readonly stallLimitMs: number;
  readonly recovery: Recovery;
  /** Errors that clients saw in the migration and after it, most frequent first. */
  readonly errors: readonly SegmentError[];
  readonly steps: readonly StepEvidence[];
  /** The longest waits first; `waitCount` says how many there were. */
  readonly waits: readonly LockEvent[];
  readonly waitCount: number;
  readonly ledger: LedgerSummary;
  readonly checksums: ChecksumSummary;
  /** WAL bytes a second in each segment; null where it was not sampled. */
  readonly walBytesPerSecond: Readonly<Record<string, number | null>>;
  /** Rate of cache hits in each segment, 0 to 1; null without a cache. */
  readonly hitRate: Readonly<Record<string, number | null>>;
  /** How the segments lie, µs from the run's start. */
  readonly segments: readonly {
    readonly segment: string;
    readonly startUs: number;
    readonly endUs: number;
  }[];
  readonly warnings: readonly Warning[];
}

/** How much slower requests of one kind over one path were while the migration ran than before it. */
export interface Impact {
  readonly path: string | null;
  readonly kind: "read" | "write" | "all";
  /** Requests in the baseline and in the migration. */
  readonly n: { readonly baseline: number; readonly migrate: number };
  /** Response time, ms, by quantile: `0.5`, `0.95`, `0.99`. */
  readonly baseline: Readonly<Record<string, Estimate>>;
  readonly migrate: Readonly<Record<string, Estimate>>;
  /** Migration less baseline, ms, with its interval, the same keys. */
  readonly change: Readonly<Record<string, Estimate>>;
  readonly stall: Stall | null;
  /** ∫ max(0, p95 − baseline's p95) dt in bins of a second, less the baseline's own, ms·s. */
  readonly degradationMsS: number;
  readonly errors: number;
}

/** An interval with requests pending and none succeeding. */
export interface Stall {
  readonly ms: number;
  readonly fromUs: number;
  readonly untilUs: number;
  readonly path: string | null;
  readonly kind: "read" | "write" | "all";
  /** Requests that were pending in it. */
  readonly pending: number;
  /** The lock that most of those waited for, as a sentence's part: mode, relation, and whose; null: none was seen. */
  readonly lock: string | null;
}

/** Whether the database was what it had been, some time after the migration. */
export interface Recovery {
  readonly state: "recovered" | "not recovered" | "unknown";
  /** After the end of the migration, s; null unless recovered. */
  readonly afterSeconds: number | null;
  /** What had not come back, in words of the field: `p95`, `throughput`, `hit rate`. */
  readonly lacking: readonly string[];
}

export interface SegmentError {
  readonly segment: string;
  readonly path: string;
  readonly kind: "read" | "write";
  /** SQLSTATE, HTTP status or GraphQL code; `timeout`, `shed` of requests that were never answered. */
  readonly code: string;
  readonly n: number;
}

/** A statement with the locks that it took. */
export interface StepEvidence extends StepRecord {
  readonly locks: readonly StatementLock[];
}

export interface LedgerSummary {
  /** Writes of each outcome. */
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  /** Of unknown ones those that are there. */
  readonly unknownPresent: number;
  /** Whether all of them could be looked at. */
  readonly complete: boolean;
  readonly problems: readonly {
    readonly problem: LedgerProblem;
    readonly n: number;
    readonly example: string;
  }[];
}

export interface ChecksumSummary {
  readonly ranges: number;
  readonly rows: number;
  /** Ranges that differ, as text. */
  readonly different: readonly string[];
  /** Why there are none; null where there are. */
  readonly lacking: string | null;
}
