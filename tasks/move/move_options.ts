import type { ClientGate, MoveSide } from "../model/client_gate.ts";
import type { FollowingComparison } from "./compare_following.ts";
import type { StepRecord } from "../model/migration.ts";

/** One of the two servers of a move. */
export interface MoveEnd {
  /** Of the database on it; may hold a password, and is never shown. */
  readonly url: string;
  /** Whether it is a server of the home's own. */
  readonly embedded: boolean;
  /**
   * How the other server reaches it: a connection string of libpq's, which the other server stores for all to read, and
   * so without a password. Null where nobody knows one: nothing is replicated from it then.
   */
  readonly connection: string | null;
}

/** A database, or some schemas of it, that moves from one server to another. */
export interface MoveOptions {
  /** Where the record of what is made lies (BENCHBOOK_HOME). */
  readonly home: string;
  readonly runId: string;
  /** `naive`: clients stop, everything is copied, clients start. */
  readonly variant: "naive" | "safe";
  readonly source: MoveEnd;
  readonly target: MoveEnd;
  /** All tables of these move, with what belongs to them. */
  readonly schemas: readonly string[];
  /** Whether it moves back once it is there, which shows that the way back holds. */
  readonly andBack: boolean;
  /** So long clients stay at the target before they are moved back, ms; 1 s if absent. */
  readonly stayMs?: number;
  /** A copy that does not go on for so long is given up, and so is what does not catch up, ms; 60 s if absent. */
  readonly stallMs?: number;
  /** Clients wait so long at the most until both servers are equal, or for the way back from there, ms; 5 s if absent. */
  readonly pauseMs?: number;
  /** Those who are to notice nothing. */
  readonly gate: ClientGate;
  /** Where the run's clock stands, µs. */
  readonly nowUs: () => number;
  /** Told when a step begins, and again as it changes or ends; the last row of a step and statement counts. */
  readonly onRecord: (record: StepRecord) => void;
  /** Told what the replication is at, several times a second. */
  readonly onSample: (sample: MoveSample) => void;
  /** Before the switch it undoes what was made; after it, what was begun is brought to an end. */
  readonly signal?: AbortSignal;
}

/**
 * `lag_bytes`: log that the other server has not confirmed to have stored. `lag_ms`: a row written on one server was seen
 * on the other so much later. `copied_bytes`: read by the copy so far, of all tables. `tables_copied`: those whose copy is done.
 */
export interface MoveSample {
  readonly atUs: number;
  readonly metric: "lag_bytes" | "lag_ms" | "copied_bytes" | "tables_copied";
  readonly value: number;
}

/** From the moment that clients were told to wait until they went on. Times are µs of the run's clock. */
export interface MovePause {
  readonly to: MoveSide;
  /** Where clients went on: elsewhere than `to` where the switch failed. */
  readonly at: MoveSide;
  readonly startUs: number;
  /** No client sends anything any more. */
  readonly closedUs: number;
  /** From here on the server that is left takes no write of anybody's; null: it was never fenced. */
  readonly fencedUs: number | null;
  /** The other server has everything. */
  readonly caughtUpUs: number | null;
  /** Both were compared. */
  readonly comparedUs: number | null;
  readonly endUs: number;
}

/** What both servers hold, as it was compared before clients went on. */
export interface MoveComparison {
  readonly to: MoveSide;
  readonly tables: number;
  /** Ranges of keys that were found equal. */
  readonly ranges: number;
  /** Rows of them. */
  readonly rows: number;
  /** Rows that were written since the first comparison and were compared one by one, with both at rest. */
  readonly tailRows: number;
  /** What differs, a sentence each; empty where nothing does. */
  readonly different: readonly string[];
  /** What was not compared and why, a sentence each. */
  readonly notes: readonly string[];
}

/** What became of a move. */
export interface MoveOutcome {
  /** All steps were done. */
  readonly done: boolean;
  /** The signal ended it. */
  readonly interrupted: boolean;
  /** Why it ended otherwise and where, in a sentence; null where it was done. */
  readonly stopped: string | null;
  /** Which step that was, from 1; null likewise. */
  readonly step: number | null;
  /** Where the clients are, and the data. */
  readonly at: MoveSide;
  readonly pauses: readonly MovePause[];
  readonly compared: readonly MoveComparison[];
  /** What could not be done here and why, a sentence each. */
  readonly notes: readonly string[];
  /** What a failure had left and is gone, as sentences. */
  readonly cleaned: readonly string[];
  /** What is left, as sentences with what mends it. */
  readonly left: readonly string[];
  /**
   * Waits until the server at which no clients are has all that was written at the other one; nobody may write there any
   * more, and `finish` comes later.
   * @returns whether it has; false where nothing is carried there
   * @throws {ServiceError} where it does not come in time, or a server cannot be reached
   */
  carried(): Promise<boolean>;
  /**
   * Compares tables at both servers row by row, while others go on to write at the one at which clients are.
   * @param tables `schema.name` of each
   * @returns null where nothing is carried to the other one
   * @throws {ServiceError} as `carried`; {InterruptedError} after `signal`
   */
  compareAgain(tables: readonly string[], signal: AbortSignal): Promise<FollowingComparison | null>;
  /**
   * Removes what the move made and is not the data: subscriptions, publications, slots, the fence. Until then each write
   * at the server that serves is carried to the other one too. May be called any number of times.
   * @returns what is left, as sentences; they are said again at each next start
   */
  finish(): Promise<readonly string[]>;
}
