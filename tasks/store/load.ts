import type { Phase, RunStatus } from "../model/run.ts";
import { dropStaging, insertStaged, stageTimings } from "./load_timings.ts";
import type { Store } from "./open.ts";
import { deleteRows, insertRun } from "./runs.ts";
import { readSamples, readSpool } from "./spool_reader.ts";

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
 * @throws {ServiceError} when there is no run record; {BenchbookError} when the rows contradict themselves.
 */
export async function loadSpool(store: Store, dir: string): Promise<LoadCounts> {
  const spool = readSpool(dir);
  const { run, end } = spool;
  const status = end?.status ?? "crashed";
  try {
    const timings = await stageTimings(store, run.runId, spool.segments);
    return await store.transaction(async () => {
      await deleteRows(store, run.runId);
      await insertStaged(store, run.runId, timings);
      const samples = await loadSamples(store, run.runId, dir);
      const lastUs = Math.max(timings.lastUs, samples.lastUs);
      const phases = status === "complete" ? spool.phases : endPhases(spool.phases, lastUs);
      await append(
        store,
        "phase",
        phases.map((phase) => [
          run.runId,
          phase.phaseId,
          phase.name,
          phase.block,
          phase.arm,
          Math.round(phase.startUs),
          Math.round(phase.endUs),
        ]),
      );
      await append(
        store,
        "operation",
        spool.operations.map((operation) => [
          run.runId,
          operation.operationId,
          operation.workload,
          operation.name,
          operation.path,
          operation.statement,
          operation.fingerprint,
          JSON.stringify(operation.parameters),
        ]),
      );
      await append(
        store,
        "plan",
        spool.plans.map((
          plan,
        ) => [run.runId, plan.operationId, Math.round(plan.atUs), JSON.stringify(plan.plan)]),
      );
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
  } finally {
    await dropStaging(store);
  }
}

/** A run that ended early never reached its later phases, and its last one ended there: rates divide by them. */
function endPhases(phases: readonly Phase[], lastUs: number): Phase[] {
  return phases.filter((phase) => phase.startUs <= lastUs)
    .map((phase) => phase.endUs <= lastUs ? phase : { ...phase, endUs: lastUs });
}

async function loadSamples(
  store: Store,
  runId: string,
  dir: string,
): Promise<{ rows: number; lastUs: number }> {
  let lastUs = 0;
  let rows = 0;
  const values = function* () {
    for (const sample of readSamples(dir)) {
      lastUs = Math.max(lastUs, sample.atUs);
      rows++;
      const { source, metric, value } = sample;
      yield [runId, Math.round(sample.atUs), source, metric, JSON.stringify(sample.labels), value];
    }
  };
  await append(store, "sample", values());
  return { rows, lastUs };
}

type Cell = string | number | null;

/** Appends rows one by one: for the small tables, whose columns are in the order given. */
async function append(store: Store, table: string, rows: Iterable<readonly Cell[]>): Promise<void> {
  const appender = await store.connection.createAppender(table);
  const types = Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
  try {
    for (const row of rows) {
      row.forEach((cell, column) => {
        const wide = types[column]!.toString() === "BIGINT" && typeof cell === "number";
        appender.appendValue(wide ? BigInt(cell) : cell, types[column]!);
      });
      appender.endRow();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
