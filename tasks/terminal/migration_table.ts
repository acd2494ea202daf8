import { formOf } from "../model/migration_form.ts";
import type { RunSummary } from "../model/summary.ts";
import { migrationRow } from "../summary/migration/table_row.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

const COLUMNS: readonly TextColumn[] = [
  { title: "migration", align: "left", heads: true },
  { title: "variant", align: "left" },
  { title: "Δp95", align: "right", drop: 4 },
  { title: "max stall", align: "right" },
  { title: "errors", align: "right" },
  { title: "lock", align: "left", drop: 2, least: 15 },
  { title: "users waited", align: "right", drop: 1 },
  { title: "ledger", align: "left", drop: 3 },
  { title: "verdict", align: "left" },
];

/** Several migrations side by side, naive beside safe: a row a run, and nothing of what is not a migration's. */
export function migrationTable(summaries: readonly RunSummary[], columns = widthOf().columns): string {
  const migrated = summaries.flatMap((summary) =>
    summary.migration === undefined ? [] : [{ summary, migration: summary.migration }]
  );
  const rows = migrated.map((each, at) => {
    const { name } = each.migration.migration;
    const first = migrated[at - 1]?.migration.migration.name !== name;
    const { change, stall, errors, lock, waited, ledger, verdict } = migrationRow(
      each.summary,
      each.migration,
    );
    return [
      first ? name : "",
      formOf(each.migration.migration),
      ...[change, stall, errors, lock, waited, ledger, verdict],
    ];
  });
  return `${formatTable(COLUMNS, rows, columns)}\n${NOTE}`;
}

const NOTE =
  "Δp95: the change of p95 of all requests that reach the database, from before the migration to while it ran. " +
  "lock: the strongest that the migration took. users waited: the longest time that a request waited for a lock.";
