import { BenchbookError, ServiceError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import type { RunStatus } from "../model/run.ts";
import { insertRows } from "./load_rows.ts";
import { insertTimings } from "./load_timings.ts";
import { type Store, StoreError } from "./open.ts";
import { deleteRows, insertRun } from "./runs.ts";
import { readSpool, rowsOf } from "./spool_reader.ts";
import { SpoolError } from "./spool_error.ts";
import type { ReadingOptions } from "./spooled_timings.ts";
import { query } from "./sql.ts";
import { SPOOLED } from "./tables/registry.ts";
import { registerTimingFunction } from "./timing_function.ts";

/** What a load brought into the store. */
export interface LoadCounts {
  readonly runId: string;
  /** `crashed` when the spool does not say how the run ended. */
  readonly status: RunStatus;
  readonly timings: number;
  /** Rows of every other table that a spool has some of, by its name. */
  readonly rows: Readonly<Record<string, number>>;
  /** Bytes torn off by a kill in mid-write; the rows before them are kept. */
  readonly droppedBytes: number;
  /** What else of the spool could not be read: a sentence's part for each. */
  readonly damaged: readonly string[];
}

/**
 * Loads a run's spool: the regular end of a run and the recovery of a killed one alike. A run that is already
 * there is replaced, all in one transaction, so it may be repeated after any failure. The spool stays.
 * @throws {SpoolError} when it can never be loaded: there is no run record, or its rows contradict themselves.
 * @throws {InterruptedError} when it was asked to end; the store is as it was.
 * @throws {ServiceError} when DuckDB cannot take it now (a full disk).
 */
export async function loadSpool(
  store: Store,
  dir: string,
  options: ReadingOptions = {},
): Promise<LoadCounts> {
  const spool = readSpool(dir);
  const { run, end, damaged } = spool;
  if (!isRunId(run.runId)) {
    throw new SpoolError(
      `Cannot load the spool ${dir}: ${JSON.stringify(run.runId)} is not a run id`,
      "Benchbook has not written it. The next bench sets it aside.",
    );
  }
  const status = end?.status ?? "crashed";
  try {
    registerTimingFunction(store.connection);
    return await store.transaction(async () => {
      const before = await countTimings(store, run.runId);
      await deleteRows(store, run.runId);
      const timings = await insertTimings(store, run.runId, spool.segments, options);
      damaged.push(...timings.damaged);
      let { lastUs } = timings;
      const rows: Record<string, number> = {};
      for (const table of SPOOLED) {
        const loaded = await insertRows(store, table, rowsOf(dir, table, damaged), { run, status, lastUs });
        rows[table.name] = loaded.rows;
        lastUs = loaded.lastUs;
      }
      if (timings.rows < before && damaged.length > 0) {
        throw new SpoolError(
          `Cannot load run ${run.runId} with all the rows that the store has of it: of ${before} the spool has ` +
            `${timings.rows} left`,
          "The store stays as it is.",
        );
      }
      const endedAt = end?.endedAt ?? new Date(run.startedAt.getTime() + lastUs / 1000);
      await insertRun(store, { ...run, status, verdict: end?.verdict ?? null, endedAt });
      return {
        runId: run.runId,
        status,
        timings: timings.rows,
        rows,
        droppedBytes: timings.droppedBytes,
        damaged,
      };
    });
  } catch (error) {
    throw loadProblem(error, `Cannot load run ${run.runId} into ${store.file}`, dir);
  }
}

/** @param state what could not be done */
function loadProblem(error: unknown, state: string, dir: string): unknown {
  if (error instanceof BenchbookError && !(error instanceof StoreError)) return error;
  const { message: whole } = (error instanceof StoreError ? error.cause : error) as Error;
  const message = whole.split("\n")[0]!;
  const cause = { cause: error };
  return OF_THE_SPOOL.test(message) || error instanceof TypeError || error instanceof RangeError
    ? new SpoolError(
      `${state}: ${message}`,
      `The run stays in ${dir}, and the next bench sets it aside.`,
      cause,
    )
    : new ServiceError(
      `${state}: ${message}`,
      `Nothing is lost: the run stays in ${dir}, and the next bench loads it. Is the disk full?`,
      cause,
    );
}

/** DuckDB's words for values that a table cannot take, and for more of them than its memory holds. */
const OF_THE_SPOOL = /^(Conversion|Constraint|Invalid Input|Out of Range|Mismatch Type|Out of Memory) Error/i;

async function countTimings(store: Store, runId: string): Promise<number> {
  const [row] = await store.rows<{ count: number }>(query("load/count"), { run: runId });
  return row!.count;
}
