import type { CacheState, Outcome } from "../model/timing.ts";

export type Value = string | number | readonly (string | number)[];

/** One operation as one arm asks it. */
export interface Statement {
  readonly operationId: number;
  readonly name: string;
  readonly write: boolean;
  /** A read that must be of this moment: it goes past the cache. */
  readonly uncached?: boolean;
  /** A step of a session that goes on with what an earlier one answered. */
  readonly carries?: boolean;
  /** SQL with $1, $2 … or a GraphQL document. */
  readonly text: string;
  /** Names in placeholder order (SQL), or the variables' names (GraphQL). */
  readonly parameters: readonly string[];
}

/**
 * One request on its way, filled in by the target. Times are the machine's monotonic µs; NaN means that
 * it never got so far.
 */
export interface Call {
  readonly statement: Statement;
  /** Values in the order of `statement.parameters`. */
  readonly values: readonly Value[];
  /** A connection was free for it. */
  acquiredUs: number;
  /** Its bytes went out. */
  sentUs: number;
  /** The answer was complete. */
  doneUs: number;
  outcome: Outcome;
  error: string | null;
  cache: CacheState | null;
  rows: number;
  bytes: number;
  /** Set by the target while it runs: gives the request up and frees (or replaces) its connection. */
  abort: (() => void) | null;
  /** The call was given up: what arrives later must not change it. */
  settled: boolean;
  /** The answer, kept only where `keep` is set (equality checks); the same code runs with and without. */
  readonly keep: boolean;
  answer: unknown;
}

/** One arm's way to the system under test. Never throws from `run`: what happened stands in the call. */
export interface Target {
  /** Opens what it keeps open. @throws {ServiceError} when the system cannot be reached. */
  open(): Promise<void>;
  /** Asks once. Resolves when the call is settled, also when it failed. */
  run(call: Call): Promise<void>;
  close(): Promise<void>;
}

export function newCall(statement: Statement, values: readonly Value[], keep = false): Call {
  return {
    statement,
    values,
    acquiredUs: NaN,
    sentUs: NaN,
    doneUs: NaN,
    outcome: "ok",
    error: null,
    cache: null,
    rows: -1,
    bytes: -1,
    abort: null,
    settled: false,
    keep,
    answer: undefined,
  };
}

/** Marks the call done now, unless it was given up before. */
export function settle(call: Call, nowUs: number, outcome: Outcome, error: string | null): void {
  if (call.settled) return;
  call.settled = true;
  call.doneUs = nowUs;
  call.outcome = outcome;
  call.error = error;
  call.abort = null;
}
