import { z } from "zod";
import type { LockEvent } from "../../model/migration.ts";
import { micros, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

const role = z.enum(["load", "migration", "beside", "benchbook", "other"]);

export const lockEventTable: Table<LockEvent> = {
  name: "lock_event",
  file: "lock_events.jsonl",
  form: z.object({
    atUs: micros,
    pid: z.int32(),
    role,
    blockedBy: z.int32().nullable(),
    blockerRole: role.nullable(),
    blockerQuery: text.nullable(),
    relation: text.nullable(),
    mode: text,
    waitedUs: micros,
    query: text.nullable(),
  }),
  atUs: ({ atUs, waitedUs }) => atUs + waitedUs,
};
