import { errorsTable, operationsTable, type ReportTable } from "../tables.ts";
import type { Section } from "./section.ts";

export const OPERATIONS: Section<{ readonly operations: ReportTable; readonly errors: ReportTable | null }> =
  {
    of: "bench",
    title: "Every operation",
    figures: ["operations-dots"],
    template: "sections/operations",
    view: ({ summary, footnotes }) => ({
      operations: operationsTable(summary.operations, footnotes),
      errors: errorsTable(summary),
    }),
  };
