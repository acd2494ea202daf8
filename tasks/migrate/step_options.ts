import type { StepRecord } from "../model/migration.ts";
import type { Counter } from "../random/counter.ts";
import type { StatementWatch } from "./statement_watch.ts";

/** How a migration's steps are run, and who is told of them. */
export interface StepsOptions {
  /** Of the database; may hold a password, and is never shown. */
  readonly url: string;
  readonly runId: string;
  /** Whether it is the user's own; if absent it is a clone, and what a statement writes outside of it is refused. */
  readonly inPlace?: boolean;
  /** Cancels what is under way at the server, and begins nothing more. */
  readonly signal?: AbortSignal;
  /** Where the run's clock stands, µs. */
  readonly nowUs: () => number;
  /** Told when a statement begins, and again as it changes or ends; the last row of a step and statement counts. */
  readonly onRecord: (record: StepRecord) => void;
  /** Told of the process at the server before the first statement. */
  readonly onSession?: (pid: number) => void;
  /** Tells the locks of each statement; nobody does if absent. */
  readonly locks?: StatementWatch;
  /** Of moves with `lock_timeout`, ms; `LOCK_TIMEOUT_MS` if absent. */
  readonly lockTimeoutMs?: number;
  /** So long those moves try again, and other statements wait for a lock, ms; `LOCK_PATIENCE_MS` if absent. */
  readonly lockPatienceMs?: number;
  /** The users' p95 over the last second or so, ms; null: nobody knows it now. Absent: nobody looks. */
  readonly liveP95Ms?: () => number | null;
  /** Above it batches pause, ms; Infinity if absent. */
  readonly limitP95Ms?: number;
  /** Where the jitter of pauses comes from. */
  readonly random: Counter;
}

/** Users wait behind a statement for a lock as long as that does: far below the stall that is allowed, and what they notice. */
export const LOCK_TIMEOUT_MS = 100;
/** A transaction that stays open longer than this has to be looked after by a person. */
export const LOCK_PATIENCE_MS = 60_000;
