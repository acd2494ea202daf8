import type { Validity } from "../../model/validity.ts";
import type { OneArm } from "../one_arm.ts";

/** What the process that makes a run is told, on its stdin: a password stays off the command line. */
export interface RunOrder {
  readonly arm: OneArm;
  /** For spool and store. */
  readonly home: string;
  /** The database that is sampled meanwhile. */
  readonly databaseUrl: string;
  /** Ends the run once so many requests were due; null: when its time is over. */
  readonly requests: number | null;
  /** Whether each slot's lag is wanted. */
  readonly lags?: boolean;
}

/** What the generator itself lost of its time after the warm-up. */
export interface Lags {
  /** Of each slot, by when it was due, µs. */
  readonly us: readonly number[];
  /** The longest standstill that the generator saw itself, milliseconds. */
  readonly gapMs: number;
}

/** The run's clock has started; or the load is over, and what follows is storing and judging. */
export type RunSaid = "started" | "measured";

/** What a run came to. */
export interface RunDone {
  readonly validity: Validity;
  readonly rows: number;
  /** Null where they were not asked for. */
  readonly lags: Lags | null;
}
