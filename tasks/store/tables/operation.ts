import { z } from "zod";
import type { Operation } from "../../model/operation.ts";
import { formOf, json, smallId, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

/** As a spool keeps it: older versions had an arm a path, and told streams by the run's configuration. */
type Kept = Omit<Operation, "arm" | "stream"> & Partial<Pick<Operation, "arm" | "stream">>;

export const operationTable: Table<Kept> = {
  name: "operation",
  file: "operations.json",
  form: z.object({
    operationId: smallId,
    workload: text,
    stream: text.optional(),
    name: text,
    path: text as z.ZodType<Operation["path"]>,
    arm: text.optional(),
    statement: text,
    fingerprint: text,
    parameters: z.array(json) as unknown as z.ZodType<Operation["parameters"]>,
  }),
  needed: "It is not known what its rows asked.",
  settled(rows, { run }) {
    const streams = streamsOf(run.config.streams) ?? [];
    return rows.map((row) => {
      const own = streams.find(({ operations }) => operations.includes(row.name));
      return { arm: row.path, stream: own?.name ?? "main", ...row };
    });
  },
};

const streamsOf = formOf(z.array(z.object({ name: text, operations: z.array(text) })));
