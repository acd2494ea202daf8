import { z } from "zod";
import type { StepRecord } from "../../model/migration.ts";
import { micros, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

/** Written when a statement begins, and again when it ends. */
export const migrationStepTable: Table<StepRecord> = {
  name: "migration_step",
  file: "migration_steps.jsonl",
  form: z.object({
    step: z.int32(),
    statement: z.int32(),
    variant: z.enum(["naive", "safe", "own"]),
    file: text,
    sql: text,
    move: z.enum(["plain", "lock_timeout", "concurrently", "batches"]),
    startUs: micros,
    endUs: micros.nullable(),
    lockMode: text.nullable(),
    lockWaitUs: micros.nullable(),
    attempts: z.int32(),
    batches: z.int32().nullable(),
    rows: z.int().nullable(),
    pausedUs: micros.nullable(),
    rewritten: z.array(text),
    errorCode: text.nullable(),
    error: text.nullable(),
  }),
  atUs: ({ startUs, endUs }) => endUs ?? startUs,
  // The last row of a statement counts.
  settled: (rows) => [...new Map(rows.map((row) => [`${row.step}.${row.statement}`, row])).values()],
};
