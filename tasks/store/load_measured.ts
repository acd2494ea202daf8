import type { Operation } from "../model/operation.ts";
import type { Phase, Run } from "../model/run.ts";
import { insertRows } from "./load_rows.ts";
import { insertTimings } from "./load_timings.ts";
import type { Store } from "./open.ts";
import { deleteRows } from "./runs.ts";
import { operationTable } from "./tables/operation.ts";
import { phaseTable } from "./tables/phase.ts";
import { registerTimingFunction } from "./timing_function.ts";

/** A run that goes on, as far as it has come. */
export interface RunSoFar {
  readonly run: Run;
  /** Those that are over. */
  readonly phases: readonly Phase[];
  readonly operations: readonly Operation[];
  /** Files that its generators go on writing to. */
  readonly segments: readonly string[];
}

/** Brings the timings of a run that goes on into a store of its own, in place of those of an earlier look. */
export async function loadMeasured(
  store: Store,
  { run, phases, operations, segments }: RunSoFar,
): Promise<void> {
  const { runId } = run;
  registerTimingFunction(store.connection);
  await store.transaction(async () => {
    await deleteRows(store, runId);
    const { lastUs } = await insertTimings(store, runId, segments);
    const loading = { run, status: "running", lastUs } as const;
    await insertRows(store, operationTable, operations, loading);
    await insertRows(store, phaseTable, phases, { ...loading, status: "complete" });
  });
}
