import { z } from "zod";
import type { Sample } from "../../model/run.ts";
import { micros, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const sampleTable: Table<Sample> = {
  name: "sample",
  file: "samples.jsonl",
  // JSON has no NaN or infinity: they are null there.
  form: z.tuple([micros, text, text, z.record(text, text), z.number().nullable()])
    .transform(([atUs, source, metric, labels, value]) => ({
      atUs,
      source: source as Sample["source"],
      metric,
      labels,
      value: value ?? NaN,
    })),
  written: ({ atUs, source, metric, labels, value }) => [atUs, source, metric, labels, value],
  // What was not a number is no measurement.
  isStored: ({ value }) => !Number.isNaN(value),
  atUs: ({ atUs }) => atUs,
};
