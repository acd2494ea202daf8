import type { CheckedPrediction, CheckedStatement } from "../model/prediction.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import { counted, formatMs } from "../model/units.ts";
import { outcomeText, spanText, stallText } from "../summary/migration/predicted.ts";
import { paragraph } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";

/** A statement that takes less, as was expected, is counted only. */
const SHORT_MS = 10;
/** Of a statement. */
const SQL_COLUMNS = 40;

const COLUMNS: readonly TextColumn[] = [
  { title: "statement", align: "left", columns: SQL_COLUMNS, least: 20, last: 12 },
  { title: "lock predicted", align: "left", drop: 2 },
  { title: "seen", align: "left", drop: 1 },
  { title: "time predicted", align: "right" },
  { title: "measured", align: "right" },
  { title: "outcome", align: "left", least: 18 },
];

/** What was expected of a change beside what came of it; empty where nothing was. */
export function predictionText(
  { predicted, steps }: Pick<MigrationSummary, "predicted" | "steps">,
  columns: number,
): string {
  // A summary that an older version has stored has none.
  if (predicted === null || predicted === undefined) return "";
  const shown = predicted.statements.filter((each) => !isShort(each));
  const rest = predicted.statements.length - shown.length;
  const rows = shown.map((each) => [
    steps.find(({ step, statement }) => step === each.step && statement === each.statement)?.sql ?? "",
    shortLock(each.lock),
    shortLock(each.lockSeen),
    spanText(each.took),
    formatMs(each.tookMs),
    outcomeText(each.outcome),
  ]);
  return [
    paragraph(stallText(predicted), "  "),
    ...rows.length === 0 ? [] : [formatTable(COLUMNS, rows, columns)],
    ...rest === 0 ? [] : [restText(predicted, rest)],
  ].join("\n");
}

function isShort({ took, tookMs, outcome }: CheckedStatement): boolean {
  return outcome !== "mismatch" && took !== null && took.ms < SHORT_MS && tookMs !== null &&
    tookMs < SHORT_MS;
}

function restText({ statements }: CheckedPrediction, rest: number): string {
  const which = counted(rest, rest === statements.length ? "statement" : "other statement");
  return `${which} took less than ${formatMs(SHORT_MS)}, as predicted.`;
}

/** All of them are locks. */
function shortLock(mode: string | null): string {
  return mode?.replace(/Lock$/, "") ?? "—";
}
