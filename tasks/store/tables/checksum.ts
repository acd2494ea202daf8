import { z } from "zod";
import type { Checksum } from "../../model/migration.ts";
import { text } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const checksumTable: Table<Checksum> = {
  name: "checksum",
  file: "checksums.jsonl",
  form: z.object({
    relation: text,
    moment: z.enum(["before", "after"]),
    fromKey: text,
    toKey: text,
    rows: z.int(),
    sum: text,
  }),
};
