import { verdictText } from "../model/run.ts";
import { whatRan } from "../model/what_ran.ts";
import { formatCount, isoMinutes } from "../model/units.ts";
import type { StoredRun } from "../store/runs.ts";
import { foundText } from "./find_rate_text.ts";
import { singleLine } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/**
 * The stored runs as a table, newest first.
 * @param unusable ids that are none, of runs that are left out
 */
export function runsText(
  runs: readonly StoredRun[],
  unusable: readonly string[] = [],
  columns = widthOf().columns,
): string {
  const table = runs.length === 0
    ? "No runs are stored yet. deno task bench makes one."
    : runsTable(runs, columns);
  if (unusable.length === 0) return table;
  const ids = unusable.slice(0, 3).map((id) => `"${singleLine(id, 40)}"`).join(", ");
  return `${table}\n\nLeft out, since Benchbook gives no such ids: ${ids}${
    unusable.length > 3 ? ", …" : ""
  }.`;
}

/** What came of a run: how far it got, where that is not to its end, and what it was judged to be. */
function resultOf({ status, verdict, search }: StoredRun): string {
  const judged = search !== null ? [foundText(search)] : verdict === null ? [] : [verdictText(verdict)];
  if (status !== "complete") return [status, ...judged].join(", ");
  return judged[0] ?? "measured";
}

function runsTable(runs: readonly StoredRun[], columns: number): string {
  const all: TextColumn[] = [
    { title: "run", align: "left", least: 24 },
    { title: "label", align: "left", columns: 32, least: 16, last: 10 },
    { title: "scenario", align: "left", columns: 32, least: 20, last: 12 },
    { title: "data", align: "left", columns: 32, least: 15, drop: 2 },
    // A run's id tells it too.
    { title: "started (UTC)", align: "left", drop: 1 },
    { title: "requests", align: "right", drop: 3 },
    { title: "result", align: "left", columns: 64, least: 40, last: 24 },
  ];
  const rows = runs.map((run) => [
    run.runId,
    run.label ?? "",
    run.kind === "find-rate" ? `${run.scenario} (find-rate)` : whatRan(run),
    `${run.environment.dataset.name} ${run.environment.dataset.scale}`,
    isoMinutes(run.startedAt),
    formatCount(run.slots),
    resultOf(run),
  ]);
  // A column without a word, as that of labels where none was given, takes the place of one that tells something.
  const told = all.map((_, index) => rows.some((row) => row[index] !== ""));
  return formatTable(
    all.filter((_, index) => told[index]),
    rows.map((row) => row.filter((_, index) => told[index])),
    columns,
  );
}
