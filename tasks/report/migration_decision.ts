import { wentOver } from "../summary/migration/moved.ts";
import type { Estimate } from "../model/estimate.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import { formatCount, formatMs, measuredMs } from "../model/units.ts";
import { atLeast } from "../summary/migration/change_text.ts";
import { longestOf } from "../summary/migration/stall_limit.ts";
import { estimateCell, type Footnotes, plain } from "./cells.ts";
import type { KeyFigure } from "./key_figure.ts";

/** What a migration is judged by, for page one. */
export function judgedBy(
  { stallLimitMs, migration: { allow } }: MigrationSummary,
  slo: string | null,
): string {
  const targets = slo === null || slo === ""
    ? ""
    : ` Targets are judged over the time in which it ran: ${slo}.`;
  const allowed = allow.includes("brief-pause")
    ? " A longer stall alone was allowed (--allow brief-pause)."
    : "";
  return `Zero downtime means: no request failed, no stall was longer than ${
    formatMs(stallLimitMs)
  }, every acknowledged ` +
    "write is present exactly once, checksums are equal, and the load recovered. Brief pause means: a stall was longer, " +
    `however long, and all the rest holds.${targets}${allowed}`;
}

/** What stays of a change that was not made on a copy, as a sentence; nothing of one that was. */
export function staysText({ migration: { place, database, move }, moved }: MigrationSummary): string[] {
  if (place === "clone") return [];
  return move !== undefined
    ? [
      wentOver(moved)
        ? `The tables of the database ${database} itself were moved (--in-place); their copy stays at the new server.`
        : `The tables of the database ${database} were to be moved (--in-place), and clients never went over.`,
    ]
    : [`The database ${database} itself was changed (--in-place), and nothing of that was undone.`];
}

/** The four figures of a migration's page one. */
export function migrationFigures(migration: MigrationSummary, footnotes: Footnotes): KeyFigure[] {
  const { impacts, ledger, stallLimitMs } = migration;
  const paths = [...new Set(impacts.flatMap(({ path }) => path ?? []))];
  const kinds = impacts.filter(({ path, kind }) => path === null && kind !== "all");
  const wrong = ledger.problems.reduce((sum, { n }) => sum + n, 0);
  const row = (arm: string, n: number) => ({ arm, value: plain(formatCount(n)), compared: null });
  return [
    {
      title: "Longest stall",
      rows: paths.map((arm) => {
        const ms = longestOf(migration, arm);
        const compared = ms !== null && ms > stallLimitMs
          ? { text: `above ${formatMs(stallLimitMs)}`, sense: "worse" as const }
          : null;
        return { arm, value: plain(ms === null ? "none" : measuredMs(ms)), compared };
      }),
    },
    {
      title: "p95 while it ran",
      rows: kinds.map(({ kind, baseline, migrate, change }) => ({
        arm: `${kind}s`,
        value: estimateCell(migrate["0.95"], measuredMs, footnotes),
        compared: {
          text: `before: ${atLeast(baseline["0.95"], measuredMs)}`,
          sense: senseOf(change["0.95"]),
        },
      })),
    },
    {
      title: "Errors",
      rows: paths.map((path) =>
        row(path, impacts.reduce((sum, impact) => impact.path === path ? sum + impact.errors : sum, 0))
      ),
    },
    {
      title: "Writes",
      rows: ledger.complete
        ? [row("acknowledged", ledger.ok), row("lost or wrong", wrong), row("unknown", ledger.unknown)]
        // Nothing wrong was found with those that were looked at, and that says nothing of the others.
        : [
          { arm: "not all looked at", value: plain("—"), compared: null },
          row("lost or wrong, found", wrong),
        ],
    },
  ];
}

/** Whether a difference is one, by its interval. */
function senseOf(change: Estimate | undefined): "better" | "worse" | "same" {
  if ((change?.low ?? 0) > 0) return "worse";
  return (change?.high ?? 0) < 0 ? "better" : "same";
}
