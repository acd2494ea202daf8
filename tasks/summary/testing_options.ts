import type { Operation } from "../model/operation.ts";
import type { Phase, Plan, Run, RunStatus, Sample } from "../model/run.ts";
import type { ValidityThresholds } from "../model/validity.ts";
import type { Outcome } from "../model/timing.ts";

/** One slot of a fixture as the generator would record it; times are µs, NaN where it never got so far. */
export interface FixtureRow {
  slot: number;
  attempt: number;
  phase: Phase;
  operation: Operation;
  intendedUs: number;
  wokeUs: number;
  acquiredUs: number;
  sentUs: number;
  doneUs: number;
  outcome: Outcome;
  error: string | null;
  /** Index into CACHE_STATES, -1 where nothing was cacheable. */
  cache: number;
  rows: number;
  bytes: number;
}

/** What can be varied in a fixture; all of it has a default. */
export interface FixtureOptions {
  readonly runId?: string;
  readonly label?: string | null;
  readonly seed?: number;
  /** Rounds: blocks of each arm; default 12, enough for verdicts after Holm. */
  readonly blocks?: number;
  readonly blockSeconds?: number;
  /** Names of the measured segments, which share the rounds equally; default one, `steady`. */
  readonly segments?: readonly string[];
  readonly washoutSeconds?: number;
  readonly warmupSeconds?: number;
  /** Requests a second over all arms; default 400. */
  readonly rate?: number;
  readonly loop?: "open" | "closed";
  /** Names of the streams that the questions belong to in turn; default one. */
  readonly streams?: readonly string[];
  readonly slo?: string | null;
  readonly status?: Exclude<RunStatus, "running">;
  readonly startedAt?: Date;
  readonly gitCommit?: string | null;
  readonly thresholds?: Partial<ValidityThresholds>;
  /** Changes a row before it is recorded; null leaves it out, and a list is its slot's attempts. */
  readonly change?: (row: FixtureRow) => FixtureRow | readonly FixtureRow[] | null;
  /** Changes the samples before they are recorded. */
  readonly samples?: (samples: Sample[]) => Sample[];
  /** Instead of the plans of two operations. */
  readonly plans?: readonly Plan[];
  /** Changes the run's record. */
  readonly run?: (run: Run) => Run;
}
