import type { ConnectionEvent } from "./connection_log.ts";
import type { Invalidated } from "./invalidations.ts";
import type { CacheRefusal } from "./refusals.ts";
import type { MoveSide } from "../model/client_gate.ts";
import type { CacheState, Outcome } from "../model/timing.ts";

export type Value = string | number | readonly (string | number)[];

/** What an entry's answer hangs on: a family, and some of the values that are asked with. */
export interface Tag {
  readonly family: string;
  /** Places of its values among those of the statement that bears it. */
  readonly at: readonly number[];
}

/** One operation as one arm asks it. */
export interface Statement {
  readonly operationId: number;
  readonly name: string;
  readonly write: boolean;
  /** A read that must be of this moment: it goes past the cache. */
  readonly uncached?: boolean;
  /** A read whose entry in a cache is outdated by the writes that name its family, for the same values. */
  readonly tag?: Tag;
  /** What a write outdates. */
  readonly outdates?: readonly Tag[];
  /**
   * It goes to PostgreSQL with its text each time, under no name: a pooler that lends sessions by transaction knows no names, or takes
   * one for another's.
   */
  readonly unnamed?: boolean;
  /** A step of a session that goes on with what an earlier one answered. */
  readonly usesCaptured?: boolean;
  /** Where a GraphQL answer holds its rows, below `data`. */
  readonly result?: readonly string[];
  /** SQL with $1, $2 … or a GraphQL document. */
  readonly text: string;
  /** Names in placeholder order (SQL), or the variables' names (GraphQL). */
  readonly parameters: readonly string[];
}

/** As what an answer is kept: read, or `"text"`: as it arrived, where it is a text and no error. */
export type Keep = boolean | "text";

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
  /** Of its key in a cache, NaN where it has none. */
  keyHash: number;
  /** How long ago the entry's answer was asked for that was its answer, µs; NaN where none was. */
  ageUs: number;
  /** Whether the target behind the cache was asked for it; null where there is no cache. */
  loaded: boolean | null;
  rows: number;
  bytes: number;
  /** Set by the target while it runs: gives the request up and frees (or replaces) its connection. */
  abort: (() => void) | null;
  /**
   * Set by who asks: called once, when the call is completed and its connection is free again; for one that was
   * given up that may be later.
   */
  onDone: () => void;
  /** The call was given up: what arrives later must not change it. */
  completed: boolean;
  /** Whether the answer is kept (equality checks, caches); the same code runs with and without. */
  readonly keep: Keep;
  answer: unknown;
}

/**
 * One arm's way to the system under test. It tells by calls and not by promises: several answers arrive in one turn
 * of a loop, and each is done when it was read, not when the others were too.
 */
export interface Target {
  /** Opens what it keeps open. @throws {ServiceError} when the system cannot be reached. */
  open(): Promise<void>;
  /**
   * Does what can be done for a call before it is due. Only the last call prepared is remembered: one that runs after
   * another was prepared is prepared anew, and one that was prepared need never run.
   */
  prepare?(call: Call): void;
  /** Asks once. Never throws: what happened stands in the call when it is done. */
  run(call: Call): void;
  /** What a cache on the way did not do, since the last time of asking. */
  refusals?(): readonly CacheRefusal[];
  /** How many questions a cache on the way asked since the last time of asking that no request waited for. */
  backgroundLoads?(): number;
  /** What writes outdated in a cache on the way, since the last time of asking. */
  invalidations?(): readonly Invalidated[];
  /** The longest that an answer which a cache on the way stored took to load, µs, since the last time of asking; 0: none was. */
  slowestLoadUs?(): number;
  /** What became of its connections, since the last time of asking. */
  connectionEvents?(): readonly ConnectionEvent[];
  /** Keys that it stored and that Redis would not list. */
  storedKeys?(): readonly string[];
  /** Whether PostgreSQL takes no limit for its statements from it. */
  readonly unlimited?: boolean;
  /** By which its own connections to PostgreSQL may be moved to another server; absent where none are to be. */
  readonly gate?: TargetGate;
  close(): Promise<void>;
}

/** The gate of one target's connections to PostgreSQL, see `ClientGate`. */
export interface TargetGate {
  /**
   * Opens as many connections to a server as it has, or those of them anew that were lost, and has them know these
   * statements.
   * @throws {BenchbookError} where it cannot: then nothing has changed
   */
  prepareServer(at: MoveSide, statements: readonly Statement[]): Promise<void>;
  /**
   * Hands out no connection from now on: calls wait.
   * @param onIdle called once, when none is in use any more; not where the gate is opened before
   */
  closeGate(onIdle: () => void): void;
  /**
   * Whether the gate may be opened at a server: all connections to it are open, as far as is known. Where it led before
   * it always may; what was lost there is opened anew when it is used, as ever.
   */
  isReady(at: MoveSide): boolean;
  /** Hands out the connections to this server. Where it is another one than before, none may be in use. */
  openGate(at: MoveSide): void;
}

/** Asks once and waits until it is done: for what is not measured. */
export function askOnce(target: Pick<Target, "run">, call: Call): Promise<void> {
  return new Promise((resolve) => {
    call.onDone = resolve;
    target.run(call);
  });
}

const nothing = () => {};

export function newCall(statement: Statement, values: readonly Value[], keep: Keep = false): Call {
  return {
    statement,
    values,
    acquiredUs: NaN,
    sentUs: NaN,
    doneUs: NaN,
    outcome: "ok",
    error: null,
    cache: null,
    keyHash: NaN,
    ageUs: NaN,
    loaded: null,
    rows: -1,
    bytes: -1,
    abort: null,
    onDone: nothing,
    completed: false,
    keep,
    answer: undefined,
  };
}

/** Marks the call done now, unless it was given up before. */
export function complete(call: Call, nowUs: number, outcome: Outcome, error: string | null): void {
  if (call.completed) return;
  call.completed = true;
  call.doneUs = nowUs;
  call.outcome = outcome;
  call.error = error;
  call.abort = null;
}
