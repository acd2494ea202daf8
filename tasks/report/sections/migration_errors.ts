import { numbers, words } from "../../charts/figure.ts";
import type { SegmentError } from "../../model/migration_summary.ts";
import { formatCount } from "../../model/units.ts";
import { fact } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import { plainSection } from "./section.ts";

/** What clients were refused, by code and part of the run. */
export const MIGRATION_ERRORS = plainSection({
  of: "migrate",
  title: "Errors by code",
  figures: [],
  tables: ({ summary: { migration } }) => [
    errorsTable([...migration?.baselineErrors ?? [], ...migration?.errors ?? []]),
  ],
});

function errorsTable(errors: readonly SegmentError[]): ReportTable | null {
  if (errors.length === 0) return null;
  return {
    id: "table-migration-errors",
    caption: "Errors that clients saw, by part of the run",
    columns: [...words("Segment", "Path"), ...words("Requests", "Code"), ...numbers("Errors")],
    groups: [...Map.groupBy(errors, ({ segment }) => segment)].map(([name, own]) => ({
      name,
      span: own.length,
      rows: own.map(({ path, kind, code, n }) => ({
        name: path,
        cells: [fact(`${kind}s`), fact(code), fact(formatCount(n))],
      })),
    })),
    note:
      "A code of five characters is PostgreSQL's SQLSTATE. timeout: given up by the client; shed: never sent, as too many " +
      "were pending.",
  };
}
