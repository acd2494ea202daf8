/**
 * How a change of a database is made, and what is recorded of it. Times are µs from the run's start, like everywhere in
 * a run.
 */

import type { MigrationPrediction } from "./prediction.ts";

/** `own`: a file of the user's. */
export type Variant = "naive" | "safe" | "own";

/** How a step's statements are run. */
export type Move =
  /** One after another, each a transaction by itself or all in one. */
  | { readonly kind: "plain"; readonly oneTransaction: boolean }
  /** The same under a `lock_timeout`, tried again after a jittered pause when it runs out. */
  | { readonly kind: "lock_timeout"; readonly oneTransaction: boolean }
  /** One statement with CONCURRENTLY; what it leaves where it fails is removed. */
  | { readonly kind: "concurrently"; readonly index: string }
  /** One statement with `:after` and `:upto`, run for one range of a key after another, each a transaction. */
  | { readonly kind: "batches"; readonly table: string; readonly key: string };

/** What a run of a step is to show of its risk, as its head declares it. */
export type Shown =
  /** A session of the load waits because the step holds this lock on this relation, `schema.name`, or asks for it. */
  | { readonly kind: "wait"; readonly mode: string; readonly relation: string }
  /** A session of the load waits for a row of this relation that the step has changed. */
  | { readonly kind: "row"; readonly relation: string }
  /** The relation's file becomes another one. */
  | { readonly kind: "rewrite"; readonly relation: string }
  /** Requests of the load fail with this SQLSTATE. */
  | { readonly kind: "error"; readonly code: string }
  /** For a while requests are pending and none succeeds. */
  | { readonly kind: "stall" };

/** One file of a migration, or one of the user's. */
export interface StepPlan {
  /** From 1. */
  readonly step: number;
  /** Below queries/migrations/, or as the user named it. */
  readonly file: string;
  /** What it does, as its head says; empty where it says nothing. */
  readonly about: string;
  /** What may go wrong with it; null where its head says nothing of that. */
  readonly risk: string | null;
  /** Why it does not; null likewise. */
  readonly fix: string | null;
  /** What it is to show; empty where its head declares nothing. */
  readonly shows: readonly Shown[];
  /** How it is run. */
  readonly move: Move;
  /** One at least. */
  readonly statements: readonly StepStatement[];
}

/** One statement of a step. */
export interface StepStatement {
  /** As it stands in the file. */
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
  /** In one line and without comments; only its kind where it may hold a password. */
  readonly shown: string;
}

/** A transaction of somebody else's that is open when the migration begins, as reports and backups are. */
export interface BesidePlan {
  /** Below queries/migrations/. */
  readonly file: string;
  /** What it does, as its head says. */
  readonly about: string;
  /** In their order. */
  readonly statements: readonly StepStatement[];
  /** So long it stays open after its statements, s. */
  readonly holdSeconds: number;
}

/** One way to make a change. */
export interface VariantPlan {
  /** Which of them. */
  readonly variant: Variant;
  /** In their order. */
  readonly steps: readonly StepPlan[];
}

/** A change with all ways to make it. */
export interface Migration {
  /** As `migrate NAME` names it; of a user's file, its name without `.sql`. */
  readonly name: string;
  /** One line. */
  readonly title: string;
  /** Makes the database what it was before somebody thought of the change; applied to the clone before anything is measured. */
  readonly before: readonly StepStatement[];
  /** Others' transactions that are open when it begins. */
  readonly beside: readonly BesidePlan[];
  /** All ways to make it. */
  readonly variants: readonly VariantPlan[];
  /** What a stall may last where no target says otherwise, ms; absent: what any migration may. */
  readonly stallLimitMs?: number;
}

/** What a run's configuration says of a move to another server. */
export interface MoveConfig {
  /** Whether it was moved back in the same run. */
  readonly andBack: boolean;
  /** Whether a command of the user's was run at the switch, for clients that are not Benchbook's. */
  readonly onSwitch: boolean;
  /** The database that a user's own was moved to, by name; absent between embedded servers. */
  readonly target?: string;
}

/** What a run's configuration says of the migration that it measured. */
export interface MigrationConfig {
  /** As in `Migration`. */
  readonly name: string;
  /** One line. */
  readonly title: string;
  /** Which way it was made. */
  readonly variant: Variant;
  /** The user's file as it was named; null: it comes with Benchbook. */
  readonly file: string | null;
  /** `clone`: on a copy, which is dropped; `in-place`: the user's database itself, in which it stays. */
  readonly place: "clone" | "in-place";
  /** The database that it changed, or that was copied for it. */
  readonly database: string;
  /** As planned, in their order. */
  readonly steps: readonly StepPlan[];
  /** Others' transactions that were open when it began. */
  readonly beside: readonly BesidePlan[];
  /** Of moves with `lock_timeout`, ms. */
  readonly lockTimeoutMs: number;
  /** All that the command tries, each in a run of its own; absent where it does not. */
  readonly sweepMs?: readonly number[];
  /** Verdicts that the user takes for a success, e.g. `brief-pause`. */
  readonly allow: readonly string[];
  /** What a user's change writes on purpose into rows that stand there; absent in runs of older versions. */
  readonly own?: ChangeWrites;
  /** What was expected before it was made; absent in runs of older versions, and where nothing could be told. */
  readonly predicted?: MigrationPrediction;
  /** Of a move to another server; absent elsewhere. */
  readonly move?: MoveConfig;
  /** As in `Migration`. */
  readonly stallLimitMs?: number;
  /** Runs of one command have the same: naive and safe, or several timeouts. The first run's id. */
  readonly group: string;
}

/** What a change itself writes into rows that the load does not write. */
export interface ChangeWrites {
  /** What is not compared and why, a sentence each. */
  readonly sentences: readonly string[];
  /** What it has run and cannot be read, and so may write any row: `a block of DO`, `the function shop.fix()`. */
  readonly code: readonly string[];
  /** Tables, `schema.name`, that it makes anew under their names. */
  readonly remade: readonly string[];
  /** What may become of the load's own writes by it, for it removes such rows or sets what they gave; absent: nothing. */
  readonly ofLoad?: readonly LedgerProblem[];
}

/** A statement of a migration as it ran: a row of `migration_step`. The last row of a `step` and `statement` counts. */
export interface StepRecord {
  /** The file's number, from 1. */
  readonly step: number;
  /** Its number within the file, from 1. */
  readonly statement: number;
  /** Which way it was made. */
  readonly variant: Variant;
  /** As in `StepPlan`. */
  readonly file: string;
  /** As it may be shown. */
  readonly sql: string;
  /** In a word, e.g. `batches`. */
  readonly move: Move["kind"];
  /** When it began. */
  readonly startUs: number;
  /** Null while it runs, and of one that never ended. */
  readonly endUs: number | null;
  /** The strongest lock that it took or waited for, in PostgreSQL's word, e.g. `AccessExclusiveLock`. */
  readonly lockMode: string | null;
  /** How long it waited for locks, all attempts together. */
  readonly lockWaitUs: number | null;
  /** Tries, the one that succeeded included; batches count each batch's. */
  readonly attempts: number;
  /** Batches that were run; null for other moves. */
  readonly batches: number | null;
  /** Rows that it changed, as PostgreSQL counts them. */
  readonly rows: number | null;
  /** How long batches paused for the users' sake; null for other moves. */
  readonly pausedUs: number | null;
  /** Relations whose file became another one meanwhile, by name. */
  readonly rewritten: readonly string[];
  /** The SQLSTATE; null: it succeeded. */
  readonly errorCode: string | null;
  /** What PostgreSQL said. */
  readonly error: string | null;
}

/** Whose session it is: the load's, the migration's, one of those beside it, Benchbook's own otherwise, or anybody's. */
export type SessionRole = "load" | "migration" | "beside" | "benchbook" | "other";

/** A wait for a lock, as it was seen: a row of `lock_event`. */
export interface LockEvent {
  /** When the waiting began. */
  readonly atUs: number;
  /** Of the waiting session. */
  readonly pid: number;
  /** Whose session waited. */
  readonly role: SessionRole;
  /**
   * The session that holds it up; null where that could not be told, 0: a transaction that was prepared. The first of them
   * where there are several.
   */
  readonly blockedBy: number | null;
  /** Whose session held it up; null where that is not known. */
  readonly blockerRole: SessionRole | null;
  /** What the blocker runs, or ran last in its open transaction; as it may be shown. */
  readonly blockerQuery: string | null;
  /**
   * Schema and name; `row of SCHEMA.NAME` for a row, likewise `extension of` and `page of`; `advisory lock 42`; null: of
   * nothing that has a name, e.g. a transaction's id.
   */
  readonly relation: string | null;
  /** That it waits for, e.g. `AccessShareLock`. */
  readonly mode: string;
  /** Until it was last seen waiting. */
  readonly waitedUs: number;
  /** What waits; as it may be shown. */
  readonly query: string | null;
}

/** A lock that a statement of the migration took: a row of `statement_lock`. */
export interface StatementLock {
  /** The file's number. */
  readonly step: number;
  /** The statement's number within the file. */
  readonly statement: number;
  /** Schema and name. */
  readonly relation: string;
  /** In PostgreSQL's word. */
  readonly mode: string;
  /** The earliest that it can have been held, as far as was seen; null: it was only waited for. */
  readonly atUs: number | null;
  /** Until it was free again, or was last seen held; of several tries or batches all together. */
  readonly heldUs: number;
  /** How long it was waited for. */
  readonly waitedUs: number;
  /** Sessions of the load, at most, that waited for it at one moment. */
  readonly blocked: number;
}

/** What became of a write: a row of `ledger`. */
export interface LedgerEntry {
  /** Whoever sends one write after another. */
  readonly client: number;
  /** Its number among the client's. */
  readonly seq: number;
  /** The operation's name. */
  readonly op: string;
  /** The request's slot in `timing`. */
  readonly slot: number;
  /** `failed`: the server said so; `unknown`: nobody said. */
  readonly outcome: "ok" | "failed" | "unknown";
  /**
   * Whether the database has what it must have; of an unknown one, whether it is there, which it may be or not; null: it
   * could not be looked at.
   */
  readonly verified: boolean | null;
  /** What is wrong with it. */
  readonly problem: LedgerProblem | null;
}

/**
 * `lost`: acknowledged, and not there. `duplicate`: there more than once. `overwritten`: there with other values.
 * `reordered`: an earlier write of the same row is what stands, though a later one was acknowledged after it. `refused but
 * present`: the server said that it failed, and it is there.
 */
export type LedgerProblem = "lost" | "duplicate" | "overwritten" | "reordered" | "refused but present";

/** Rows of a range of keys at one moment: a row of `checksum`. */
export interface Checksum {
  /** Schema and name. */
  readonly relation: string;
  /** Before the load began, or after it ended. */
  readonly moment: "before" | "after";
  /** The lowest key of the range, as text. */
  readonly fromKey: string;
  /** The highest. */
  readonly toKey: string;
  /** Rows of the range. */
  readonly rows: number;
  /** Of `hashtextextended` over the columns that the table had before and has after; decimal. */
  readonly sum: string;
}
