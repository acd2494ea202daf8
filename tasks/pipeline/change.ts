import type { StatementWatch } from "../migrate/statement_watch.ts";
import type { StepRecord } from "../model/migration.ts";
import type { MigrationPrediction } from "../model/prediction.ts";
import type { Sample } from "../model/run.ts";

/** What a change is made with, in the middle of a run. */
export interface ChangeContext {
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
  /** The run's clock: microseconds since its start. */
  readonly nowUs: () => number;
  /** Tells the locks of each statement. */
  readonly locks: StatementWatch;
  /** The users' p95 over the last second or so, ms; null: nobody knows it now. */
  readonly p95Ms: () => number | null;
  /** What it was before the change began. */
  readonly usualP95Ms: number | null;
  /** Takes the row of a statement as it begins, changes and ends. */
  readonly record: (record: StepRecord) => void;
  /** Takes what was measured of the change itself. */
  readonly sample: (samples: readonly Sample[]) => void;
  /** Takes what is to be known of it beside that, a sentence each. */
  readonly tell: (...sentences: readonly string[]) => void;
}

/** Tells what others have written from what was damaged. */
export interface OtherWriters {
  /**
   * Rows have changed that the load does not write.
   * @param tables they are of these, `schema.name`
   * @returns whether others have written them; false: they were lost or damaged; null: nobody can tell
   */
  wrote(tables: readonly string[]): Promise<boolean | null>;
  /** Takes what it was at last. */
  keep(wrote: boolean | null): void;
}

/** What is changed while a load goes on. */
export interface Change extends AsyncDisposable {
  /** Databases in which somebody may wait for it, that which is asked at the beginning first; URLs, which may hold passwords. */
  readonly databases: readonly [string, ...string[]];
  /** What is expected of it; absent or null: that is told otherwise, or by nobody. */
  readonly predicted?: MigrationPrediction | null;
  /** Makes it. What it throws is told as well. */
  make(context: ChangeContext): Promise<void>;
  /**
   * The load is over. @returns the databases that now hold the data, where clients are first; URLs, which may hold
   * passwords
   */
  settled(): Promise<readonly [string, ...string[]]>;
  /** Those who may write there besides the load; absent or null: nobody may. */
  readonly others?: OtherWriters | null;
  /** All is proven: removes what is not needed any more, and tells what it could not. */
  finish(): Promise<void>;
}
