import { armTable } from "./arm.ts";
import { operationTable } from "./operation.ts";
import { phaseTable } from "./phase.ts";
import { planTable } from "./plan.ts";
import { sampleTable } from "./sample.ts";
import type { Table } from "./table.ts";

/** Tables that a run's spool has rows of, as they are loaded: samples tell when it ended, and its phases with it. */
export const SPOOLED: readonly Table<unknown>[] = [
  sampleTable,
  armTable,
  phaseTable,
  operationTable,
  planTable,
];

/** Every table with rows of a run. */
export const TABLES: readonly string[] = [
  ...SPOOLED.map(({ name }) => name),
  "run",
  "timing",
  "migration_step",
  "lock_event",
  "ledger",
  "rate_search",
];
