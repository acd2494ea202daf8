import { formOf } from "../model/migration_form.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted } from "../model/units.ts";
import { type MigrationRow, migrationRow } from "../summary/migration/table_row.ts";
import { markdownCode, markdownText } from "./markdown_safe.ts";
import { reproduceAll } from "./method.ts";
import { migrationMarkdown } from "./migration_markdown.ts";

/** Beside the table there are nine lines, and a comment has 40 at most. */
const MOST_ROWS = 31;
/** Naive, and two timeouts of a sweep: of more the details have no room. */
const MOST_SIDE_BY_SIDE = 3;
const TITLES = ["change", "variant", "Δp95", "max stall", "errors", "lock", "ledger", "verdict"];
const RIGHT = new Set(["Δp95", "max stall", "errors"]);

/**
 * What changes of a database do to its users, for a pull request: of one change as `migrationMarkdown` has it, of
 * several, or of many runs of one, a table with a row a run. At most 40 lines.
 */
export function migrationsMarkdown(summaries: readonly RunSummary[]): string {
  const runs = summaries.flatMap((summary) =>
    summary.migration === undefined ? [] : [{ summary, migration: summary.migration }]
  );
  const names = new Set(runs.map(({ migration }) => migration.migration.name));
  if (names.size < 2 && runs.length <= MOST_SIDE_BY_SIDE) return migrationMarkdown(summaries);
  const rows = runs.map(({ summary, migration }) => ({ migration, row: migrationRow(summary, migration) }));
  const left = rows.length - MOST_ROWS;
  return [
    `### Migration ${
      names.size === 1 ? markdownCode([...names][0]!) : `of ${counted(names.size, "change")}`
    }: ${verdictCounts(rows.map(({ row }) => row))}`,
    "",
    line(TITLES),
    line(TITLES.map((title) => RIGHT.has(title) ? "--:" : ":--")),
    ...rows.slice(0, MOST_ROWS).map(({ migration, row }) => line(cellsOf(migration, row))),
    "",
    ...left > 0 ? [`${counted(left, "more run")} not shown.`] : [],
    "Δp95: the change of p95 of all requests that reach the database, from before the change to while it ran. " +
    "Lock: the strongest that the change took.",
    "",
    `- **Again**: ${markdownCode(again(runs), { most: 600 })}`,
    "",
  ].join("\n");
}

/** `13 zero-downtime, 2 brief pause, 1 fail`, in the order in which they come. */
function verdictCounts(rows: readonly MigrationRow[]): string {
  const counts = Map.groupBy(rows, ({ verdict }) => verdict);
  return [...counts].map(([verdict, { length }]) => `${length} **${verdict.toUpperCase()}**`).join(", ");
}

function cellsOf({ migration }: MigrationSummary, row: MigrationRow): string[] {
  return [
    markdownCode(migration.name, { cell: true }),
    formOf(migration),
    ...[row.change, row.stall, row.errors, row.lock, row.ledger, row.verdict].map((text) =>
      markdownText(text)
    ),
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The command of all of them, which is that of one with `all` for its name, and of both variants where both ran. */
function again(
  runs: readonly { readonly summary: RunSummary; readonly migration: MigrationSummary }[],
): string {
  const one = reproduceAll(runs.map(({ summary }) => summary.run));
  const names = new Set(runs.map(({ migration }) => migration.migration.name));
  return names.size === 1 ? one : one.replace(/ migrate ('[^']*'|\S+)/, " migrate all");
}
