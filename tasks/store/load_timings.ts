import { BenchbookError, ExitCode } from "../model/errors.ts";
import type { Store } from "./open.ts";
import { type ReadingOptions, SpooledTimings } from "./spooled_timings.ts";
import { query } from "./sql.ts";
import { withSpooledTimings } from "./timing_function.ts";

/** Timings that stand in the store. */
export interface LoadedTimings {
  readonly rows: number;
  /** Bytes torn off the ends of segments by a kill. */
  readonly droppedBytes: number;
  /** What else could not be read of the segments: a sentence's part for each. */
  readonly damaged: readonly string[];
  /** The latest moment at which anything happened, µs; 0 without rows. */
  readonly lastUs: number;
}

/**
 * Makes timings of all segments' rows, within the caller's transaction. DuckDB writes them to its file as they
 * come, so memory is bounded whatever their number; without the commit that space is free again. The connection
 * must know the function that hands them out (`registerTimingFunction`).
 * @throws {SpoolError} when a (slot, attempt) occurs twice.
 * @throws {InterruptedError} when it was asked to end.
 * @throws {BenchbookError} when a row was lost on the way.
 */
export async function insertTimings(
  store: Store,
  runId: string,
  segments: readonly string[],
  options: ReadingOptions = {},
): Promise<LoadedTimings> {
  using timings = new SpooledTimings(runId, segments, options);
  const [inserted] = await withSpooledTimings(
    store.connection,
    timings,
    () => store.rows<{ Count: number }>(query("load/timing"), { run: runId }),
  );
  const { rows, droppedBytes, damaged, lastUs } = timings;
  if (inserted!.Count !== rows) {
    throw new BenchbookError(
      `Cannot load run ${runId} with every row of its spool: of ${rows} rows ${inserted!.Count} arrived`,
      ExitCode.service,
      "Its spool is kept as it is. This is a fault in Benchbook: please report it with that directory.",
    );
  }
  return { rows, droppedBytes, damaged, lastUs };
}
