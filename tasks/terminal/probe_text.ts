import { codeText } from "../model/error_meaning.ts";
import { pauseLength } from "../model/pause_length.ts";
import type { ConnectionSummary, Pause, ProbeError, ProbeSummary } from "../model/probe.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount, formatMs, secondsAt } from "../model/units.ts";
import { singleLine } from "./safe_text.ts";
import { generatorText, headline, notes, runLine } from "./summary_parts.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/** Rows of a table: the report has all of them. */
const MOST_ROWS = 12;

/** The end of a probe as a person reads it: each pause, what failed, which connections broke, and which server answered when. */
export function probeText(summary: RunSummary, probe: ProbeSummary, columns = widthOf().columns): string {
  return [
    headline(summary),
    pauseTable(probe, columns),
    errorTable(probe.errors, columns),
    connectionTable(probe.connections, columns),
    changeLines(probe),
    notes(summary),
    generatorText(summary),
    runLine(summary),
  ].filter((part) => part !== "").join("\n\n");
}

const PAUSE_COLUMNS: readonly TextColumn[] = [
  { title: "pause of", align: "left", heads: true },
  { title: "from", align: "right" },
  { title: "to", align: "right" },
  { title: "took", align: "right" },
  { title: "due", align: "right", drop: 2 },
  { title: "failed", align: "right", drop: 1 },
  { title: "ended by", align: "left", least: 16 },
];

function pauseTable({ pauses, probe: { floorMs } }: ProbeSummary, columns: number): string {
  const floor = `pauses under ${formatMs(floorMs)} are not reported`;
  if (pauses.length === 0) return `No pause (${floor}).`;
  const longest = pauses.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_ROWS).toSorted((a, b) =>
    a.fromUs - b.fromUs
  );
  const rows = longest.map((pause) => [
    whose(pause),
    secondsAt(pause.fromUs),
    secondsAt(pause.untilUs),
    pauseLength(pause),
    formatCount(pause.requests),
    formatCount(pause.failed),
    pause.endedBy === null
      ? "not ended"
      : `${pause.endedBy}${
        pause.server === null ? "" : pause.otherServer ? ", other server" : ", server changed"
      }`,
  ]);
  const of = pauses.length > MOST_ROWS
    ? `The ${MOST_ROWS} longest of ${formatCount(pauses.length)} pauses, the others are in summary.json`
    : "Pauses";
  return `${of}: requests were due, and none succeeded (${floor}):\n${
    formatTable(PAUSE_COLUMNS, rows, columns)
  }`;
}

function whose({ path, kind }: Pick<Pause, "path" | "kind">): string {
  const what = kind === "all" ? "all" : `${kind}s`;
  return path === null ? what : `${what} over ${path}`;
}

const ERROR_COLUMNS: readonly TextColumn[] = [
  { title: "error", align: "left", heads: true, least: 12 },
  { title: "requests", align: "left" },
  { title: "n", align: "right" },
  { title: "first", align: "right" },
  { title: "last", align: "right" },
];

function errorTable(errors: readonly ProbeError[], columns: number): string {
  if (errors.length === 0) return "";
  const rows = errors.slice(0, MOST_ROWS).map(({ path, kind, code, n, firstUs, lastUs }) => [
    codeText(code),
    `${kind}s over ${path}`,
    formatCount(n),
    secondsAt(firstUs),
    secondsAt(lastUs),
  ]);
  return `Errors:\n${formatTable(ERROR_COLUMNS, rows, columns)}${more(errors.length)}`;
}

const CONNECTION_COLUMNS: readonly TextColumn[] = [
  { title: "connections", align: "left", heads: true },
  { title: "n", align: "right" },
  { title: "from", align: "right" },
  { title: "to", align: "right" },
  { title: "why", align: "left", least: 10 },
];

function connectionTable({ lost, regained, longestMs, events }: ConnectionSummary, columns: number): string {
  if (events.length === 0) return "";
  const rows = events.slice(0, MOST_ROWS).map(({ kind, n, fromUs, untilUs, code }) => [
    kind,
    formatCount(n),
    secondsAt(fromUs),
    secondsAt(untilUs),
    code === "" ? "" : codeText(code),
  ]);
  const longest = longestMs === null ? "" : `, the longest time without one ${formatMs(longestMs)}`;
  return `Connections of the load: ${formatCount(lost)} lost, ${formatCount(regained)} regained${longest}:\n${
    formatTable(CONNECTION_COLUMNS, rows, columns)
  }${more(events.length)}`;
}

function changeLines({ changes }: ProbeSummary): string {
  if (changes.length === 0) return "";
  const lines = changes.slice(0, MOST_ROWS).map(({ atUs, text }) =>
    `  ${secondsAt(atUs).padStart(9)}  ${singleLine(text)}`
  );
  return `Server and address, as new connections found them:\n${lines.join("\n")}${more(changes.length)}`;
}

function more(n: number): string {
  return n > MOST_ROWS ? `\n… and ${formatCount(n - MOST_ROWS)} more: the report has all.` : "";
}
