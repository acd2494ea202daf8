import { z } from "zod";
import type { ArmRecord } from "../../model/run.ts";
import { armAPath } from "../../paths/arm_a_path.ts";
import { formOf, json, smallId, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const armTable: Table<ArmRecord> = {
  name: "arm",
  file: "arms.json",
  form: z.object({
    armId: smallId,
    name: text,
    path: text,
    role: z.enum(["baseline", "candidate"]),
    overrides: json,
  }),
  // Older versions had an arm a path.
  settled: (rows, { run }) => rows.length > 0 ? rows : armAPath(namesOf(run.config.arms) ?? []),
};

const namesOf = formOf(z.array(text));
