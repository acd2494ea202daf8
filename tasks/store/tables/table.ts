import type { z } from "zod";
import type { Run, RunStatus } from "../../model/run.ts";

/** What is known of a run while its rows are stored. */
export interface Loading {
  readonly run: Run;
  /** `crashed` when the spool does not say how it ended. */
  readonly status: RunStatus;
  /** The latest moment at which anything is known to have happened, µs from its start. */
  readonly lastUs: number;
}

/**
 * A table of the store whose rows a run brings, and all there is to know of it but its migration, which makes its
 * columns: how a spool keeps its rows and what they become. Its columns are called as a row's fields are, `at_us` for
 * `atUs`. A new one has a file beside this, which exports nothing else.
 */
export interface Table<Row> {
  /** Its name in the store. */
  readonly name: string;
  /** Where a spool keeps its rows: `.jsonl` has a line for each and is appended to, `.json` is one list, replaced. */
  readonly file: string;
  /** What the file has for a row. It may be of an older version, and what a disk gives back may be anything. */
  readonly form: z.ZodType<Row>;
  /** What a line without a checksum may be, where that is less: versions before checksums knew no more. */
  readonly unsealed?: z.ZodType<Row>;
  /** Whether a run is worth nothing without them, and why, as a sentence. */
  readonly needed?: string;
  /** What the file gets for a row, where it is not the row itself. */
  written?(row: Row): unknown;
  /** Whether a row is one of the store's; all are, without this. */
  isStored?(row: Row): boolean;
  /** When it happened, where that tells how long a run lasted that was killed; µs from its start. */
  atUs?(row: Row): number;
  /** What is stored of a spool's rows, where it is not what they are one by one. */
  settled?(rows: readonly Row[], loading: Loading): readonly Row[];
}
