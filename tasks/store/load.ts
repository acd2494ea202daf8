import { BenchbookError, ServiceError } from "../model/errors.ts";
import type { Phase, RunStatus } from "../model/run.ts";
import { insertOperations, insertPhases, insertPlans, insertSamples } from "./load_tables.ts";
import { insertTimings } from "./load_timings.ts";
import type { Store } from "./open.ts";
import { deleteRows, insertRun } from "./runs.ts";
import { readSamples, readSpool } from "./spool_reader.ts";
import { registerTimingFunction } from "./timing_function.ts";

/** What a load brought into the store. */
export interface LoadCounts {
  readonly runId: string;
  /** `crashed` when the spool does not say how the run ended. */
  readonly status: RunStatus;
  readonly timings: number;
  readonly samples: number;
  readonly phases: number;
  readonly operations: number;
  readonly plans: number;
  /** Bytes torn off by a kill in mid-write; the rows before them are kept. */
  readonly droppedBytes: number;
}

/**
 * Loads a run's spool: the regular end of a run and the recovery of a killed one alike. A run that is already
 * there is replaced, all in one transaction, so it may be repeated after any failure. The spool stays.
 * @throws {ServiceError} when there is no run record, or DuckDB cannot take it (a full disk).
 * @throws {BenchbookError} when the rows contradict themselves.
 */
export async function loadSpool(store: Store, dir: string): Promise<LoadCounts> {
  const spool = readSpool(dir);
  const { run, end } = spool;
  const status = end?.status ?? "crashed";
  try {
    registerTimingFunction(store.connection);
    return await store.transaction(async () => {
      await deleteRows(store, run.runId);
      const timings = await insertTimings(store, run.runId, spool.segments);
      const samples = await insertSamples(store, run.runId, readSamples(dir));
      const lastUs = Math.max(timings.lastUs, samples.lastUs);
      // A run that ended because a target was missed leaves the phases it never reached empty.
      const phases = status === "complete"
        ? spool.phases.filter(({ startUs, endUs }) => endUs > startUs)
        : endPhases(spool.phases, lastUs);
      await insertPhases(store, run.runId, phases);
      await insertOperations(store, run.runId, spool.operations);
      await insertPlans(store, run.runId, spool.plans);
      const endedAt = end?.endedAt ?? new Date(run.startedAt.getTime() + lastUs / 1000);
      await insertRun(store, { ...run, status, verdict: end?.verdict ?? null, endedAt });
      return {
        runId: run.runId,
        status,
        timings: timings.rows,
        samples: samples.rows,
        phases: phases.length,
        operations: spool.operations.length,
        plans: spool.plans.length,
        droppedBytes: timings.droppedBytes,
      };
    });
  } catch (error) {
    if (error instanceof BenchbookError) throw error;
    throw new ServiceError(
      `Cannot load run ${run.runId} into ${store.file}: ${(error as Error).message.split("\n")[0]}`,
      `Nothing is lost: the run stays in ${dir}, and the next bench loads it. Is the disk full?`,
      { cause: error },
    );
  }
}

/**
 * A run that ended early never reached its later phases, and its last one ended there: rates divide by them.
 */
function endPhases(phases: readonly Phase[], lastUs: number): Phase[] {
  return phases.filter((phase) => phase.startUs <= lastUs)
    .map((phase) => phase.endUs <= lastUs ? phase : { ...phase, endUs: lastUs });
}
