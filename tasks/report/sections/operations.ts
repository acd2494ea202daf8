import { errorsTable, operationsTable, type Table } from "../tables.ts";
import type { Section } from "./section.ts";

export const OPERATIONS: Section<{ readonly operations: Table; readonly errors: Table | null }> = {
  of: "bench",
  title: "Every operation",
  figures: ["operations-dots"],
  template: "sections/operations",
  view: ({ summary, footnotes }) => ({
    operations: operationsTable(summary.operations, footnotes),
    errors: errorsTable(summary),
  }),
};
