import { z } from "zod";
import type { LedgerEntry } from "../../model/migration.ts";
import { text } from "../spool_form.ts";
import type { Table } from "./table.ts";

/**
 * Written when the load is over and the database was looked at; of a run that was killed before, when its clone is looked
 * at by the next start.
 */
export const ledgerTable: Table<LedgerEntry> = {
  name: "ledger",
  file: "ledger.jsonl",
  form: z.object({
    client: z.int32(),
    seq: z.int(),
    op: text,
    slot: z.int(),
    outcome: z.enum(["ok", "failed", "unknown"]),
    verified: z.boolean().nullable(),
    problem: z.enum(["lost", "duplicate", "overwritten", "reordered", "refused but present"]).nullable(),
  }),
};
