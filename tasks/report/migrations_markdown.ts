import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted } from "../model/units.ts";
import { type MigrationRow, migrationRow } from "../summary/migration/table_row.ts";
import { markdownCode, markdownText } from "./markdown_safe.ts";
import { reproduce } from "./method.ts";
import { migrationMarkdown } from "./migration_markdown.ts";

/** Beside the table there are nine lines, and a comment has 40 at most. */
const MOST_ROWS = 31;
const TITLES = ["change", "variant", "Δp95", "max stall", "errors", "lock", "ledger", "verdict"];
const RIGHT = new Set(["Δp95", "max stall", "errors"]);

/**
 * What changes of a database do to its users, for a pull request: of one change as `migrationMarkdown` has it, of
 * several a table with a row a run. At most 40 lines.
 */
export function migrationsMarkdown(summaries: readonly RunSummary[]): string {
  const runs = summaries.flatMap((summary) =>
    summary.migration === undefined ? [] : [{ summary, migration: summary.migration }]
  );
  const names = new Set(runs.map(({ migration }) => migration.migration.name));
  if (names.size < 2) return migrationMarkdown(summaries);
  const rows = runs.map(({ summary, migration }) => ({ migration, row: migrationRow(summary, migration) }));
  const left = rows.length - MOST_ROWS;
  return [
    `### Migration of ${counted(names.size, "change")}: ${verdictCounts(rows.map(({ row }) => row))}`,
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

function cellsOf({ migration: { name, variant } }: MigrationSummary, row: MigrationRow): string[] {
  return [
    markdownCode(name, { cell: true }),
    variant,
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
  const [{ summary }] = runs as [typeof runs[number]];
  const one = reproduce(summary.run).replace(/ migrate ('[^']*'|\S+)/, " migrate all");
  const both = new Set(runs.map(({ migration }) => migration.migration.variant)).size > 1;
  return both ? one.replace(/ --variant \w+/, "") : one;
}
