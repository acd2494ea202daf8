import { z } from "zod";
import type { StatementLock } from "../../model/migration.ts";
import { micros, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const statementLockTable: Table<StatementLock> = {
  name: "statement_lock",
  file: "statement_locks.jsonl",
  form: z.object({
    step: z.int32(),
    statement: z.int32(),
    relation: text,
    mode: text,
    atUs: micros.nullable(),
    heldUs: micros,
    waitedUs: micros,
    blocked: z.int32(),
  }),
};
