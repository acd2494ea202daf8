import type { MoveSide } from "./client_gate.ts";
import type {
  ChangeWrites,
  LedgerProblem,
  LockEvent,
  MigrationConfig,
  StatementLock,
  StepRecord,
} from "./migration.ts";
import type { Estimate, Warning } from "./estimate.ts";
import type { CheckedPrediction } from "./prediction.ts";

/** What a migration did to those who used the database meanwhile, and what proves it. Part of a run's summary. */
export interface MigrationSummary {
  /** What was changed, and how. */
  readonly migration: MigrationConfig;
  /** Per path and kind, of requests that reach the database; `path` null: all paths together. */
  readonly impacts: readonly Impact[];
  /** The longest of all paths and kinds; null: nothing was pending long enough to tell. */
  readonly stall: Stall | null;
  /** What the targets allow a stall to be, ms. */
  readonly stallLimitMs: number;
  /** Whether all was as before afterwards. */
  readonly recovery: Recovery;
  /** Errors that clients saw in the migration and after it, most frequent first. */
  readonly errors: readonly SegmentError[];
  /** Those that clients saw before it began; absent in summaries of older versions. */
  readonly baselineErrors?: readonly SegmentError[];
  /** Each statement as it ran. */
  readonly steps: readonly StepEvidence[];
  /** What the steps declare that they show, in their order; empty where they declare nothing. Of no account for the verdict. */
  readonly declared: readonly {
    /** In words, e.g. `rewrite of northwind.orders`. */
    readonly text: string;
    /** Whether this run showed it. */
    readonly seen: boolean;
  }[];
  /** What was expected of it before, beside what came of it; null: nothing was, as in runs of older versions. */
  readonly predicted: CheckedPrediction | null;
  /** The longest waits first; `waitCount` says how many there were. */
  readonly waits: readonly LockEvent[];
  /** All that were seen. */
  readonly waitCount: number;
  /** What became of each write. */
  readonly ledger: LedgerSummary;
  /** Whether rows that the load does not write are unchanged. */
  readonly checksums: ChecksumSummary;
  /** The load's questions whose plans are known from before the change and from after it; others have no row. */
  readonly plans: readonly {
    /** Its name. */
    readonly operation: string;
    /** In what its plan changed, the most telling first: `Seq Scan on a → Index Scan using b on a`; empty: it did not. */
    readonly changes: readonly string[];
  }[];
  /** Of a move to another server; absent elsewhere. */
  readonly moved?: MovedSummary;
  /** WAL bytes a second in each segment; null where it was not sampled. */
  readonly walBytesPerSecond: Readonly<Record<string, number | null>>;
  /** Rate of cache hits in each segment, 0 to 1; null without a cache. */
  readonly hitRate: Readonly<Record<string, number | null>>;
  /**
   * Of each arm with a cache: tags that its writes gave new versions in each segment; each outdates all entries of its tag.
   * Null where an earlier Benchbook did not count them.
   */
  readonly invalidations: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** How the segments lie, µs from the run's start. */
  readonly segments: readonly {
    /** Its name. */
    readonly segment: string;
    /** Its first moment. */
    readonly startUs: number;
    /** Its end. */
    readonly endUs: number;
  }[];
  /** What makes the baseline or the evidence of locks doubtful. */
  readonly warnings: readonly Warning[];
}

/** How clients went from one server to another. */
export interface MovedSummary {
  /** In order of time, µs from the run's start. */
  readonly switches: readonly {
    /** The server that they went to. */
    readonly to: MoveSide;
    /** From here on they were held. */
    readonly startUs: number;
    /** From here on they went on. */
    readonly endUs: number;
  }[];
  /** Log that the other server had not confirmed, at most; null: nothing was replicated. */
  readonly mostLagBytes: number | null;
  /** How much later a row was seen there, at most, ms; null: that was not measured. */
  readonly mostLagMs: number | null;
  /** The servers that were held against the ledger. */
  readonly provenAt: readonly MoveSide[];
}

/** How much slower requests of one kind over one path were while the migration ran than before it. */
export interface Impact {
  /** Null: all paths together. */
  readonly path: string | null;
  /** `all`: reads and writes together. */
  readonly kind: "read" | "write" | "all";
  /** Requests in the baseline and in the migration. */
  readonly n: {
    /** Before it began. */
    readonly baseline: number;
    /** While it ran. */
    readonly migrate: number;
  };
  /** Response time, ms, by quantile: `0.5`, `0.95`, `0.99`. */
  readonly baseline: Readonly<Record<string, Estimate>>;
  /** The same of the migration. */
  readonly migrate: Readonly<Record<string, Estimate>>;
  /** Migration less baseline, ms, with its interval, the same keys. */
  readonly change: Readonly<Record<string, Estimate>>;
  /** The longest from the migration on; null: nothing was pending. */
  readonly stall: Stall | null;
  /** The longest that it may have caused: one that began before its end, or in which a lock was waited for. */
  readonly caused: Stall | null;
  /** ∫ max(0, p95 − baseline's p95) dt in bins of a second, less the baseline's own, ms·s; null where the baseline's p95 is not known. */
  readonly degradationMsS: number | null;
  /** Requests that failed from the migration on. */
  readonly errors: number;
}

/** An interval with requests pending and none succeeding. */
export interface Stall {
  /** How long it lasted. */
  readonly ms: number;
  /** When it began. */
  readonly fromUs: number;
  /** When it ended. */
  readonly untilUs: number;
  /** Of which path; null: of all together. */
  readonly path: string | null;
  /** Of which requests. */
  readonly kind: "read" | "write" | "all";
  /** Requests that were pending in it. */
  readonly pending: number;
  /** The lock that most of those waited for, as a sentence's part: mode, relation, and whose; null: none was seen. */
  readonly lock: string | null;
  /** So long of it somebody waited for that lock without a break, ms; absent without a lock, and in older summaries. */
  readonly lockMs?: number;
  /** Who waited for the lock, where it is not known that those did: requests of that kind, of any path, or any of the load. */
  readonly lockOf?: "kind" | "load";
}

/** Whether the load was back to what it was before the migration. */
export interface Recovery {
  /** `unknown`: too little was measured to tell. */
  readonly state: "recovered" | "not recovered" | "unknown";
  /** After the end of the migration, s; null unless recovered. */
  readonly afterSeconds: number | null;
  /** What had not come back, in words of the field: `p95`, `throughput`, `hit rate`. */
  readonly lacking: readonly string[];
  /** Seconds in a row at the end of the run that were as good as before: with too few of them, it had not recovered yet. */
  readonly settledSeconds: number;
}

/** Requests of one path and kind that failed alike in one part of a run. */
export interface SegmentError {
  /** In which part of the run. */
  readonly segment: string;
  /** Over which path. */
  readonly path: string;
  /** Of which requests. */
  readonly kind: "read" | "write";
  /** SQLSTATE, HTTP status or GraphQL code; `timeout`, `shed` of requests that were never answered. */
  readonly code: string;
  /** How many. */
  readonly n: number;
}

/** A statement with the locks that it took. */
export interface StepEvidence extends StepRecord {
  /** Those that it took or waited for. */
  readonly locks: readonly StatementLock[];
}

/** What the ledger of all writes comes to. */
export interface LedgerSummary {
  /** Writes of each outcome. */
  readonly ok: number;
  /** Refused by the server. */
  readonly failed: number;
  /** Of which nobody said. */
  readonly unknown: number;
  /** Of unknown ones those that are there. */
  readonly unknownPresent: number;
  /** Whether all of them could be looked at. */
  readonly complete: boolean;
  /** By problem, the most frequent first, with a write of each. */
  readonly problems: readonly {
    /** What is wrong with them. */
    readonly problem: LedgerProblem;
    /** How many. */
    readonly n: number;
    /** One of them, for people. */
    readonly example: string;
  }[];
}

/** What comparing the rows that the load never touches comes to. */
export interface ChecksumSummary {
  /** Ranges that were compared. */
  readonly ranges: number;
  /** Rows in them before the load. */
  readonly rows: number;
  /** Ranges that differ, as text. */
  readonly different: readonly string[];
  /** Ranges that others than the load have written: both servers of a move hold the same there; as text. */
  readonly byOthers: readonly string[];
  /** Ranges that differ, and by the change's own doing perhaps, or by others'; as text. */
  readonly unclear: readonly string[];
  /** What the change writes itself. */
  readonly own: ChangeWrites;
  /** Why there are none; null where there are. */
  readonly lacking: string | null;
}
