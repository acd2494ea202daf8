import { armTable } from "./arm.ts";
import { checksumTable } from "./checksum.ts";
import { ledgerTable } from "./ledger.ts";
import { lockEventTable } from "./lock_event.ts";
import { migrationStepTable } from "./migration_step.ts";
import { operationTable } from "./operation.ts";
import { phaseTable } from "./phase.ts";
import { planTable } from "./plan.ts";
import { sampleTable } from "./sample.ts";
import { statementLockTable } from "./statement_lock.ts";
import type { Table } from "./table.ts";

/** Tables that a run's spool has rows of, as they are loaded: samples tell when it ended, and its phases with it. */
export const SPOOLED: readonly Table<unknown>[] = [
  sampleTable,
  armTable,
  phaseTable,
  operationTable,
  planTable,
  migrationStepTable,
  lockEventTable,
  statementLockTable,
  ledgerTable,
  checksumTable,
];

/** Every table with rows of a run. */
export const TABLES: readonly string[] = [
  ...SPOOLED.map(({ name }) => name),
  "run",
  "timing",
  "rate_search",
];
