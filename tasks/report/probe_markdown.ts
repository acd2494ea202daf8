import { codeText } from "../model/error_meaning.ts";
import { pauseLength } from "../model/pause_length.ts";
import type { Pause, ProbeError, ProbeSummary } from "../model/probe.ts";
import { verdictText } from "../model/run.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount, formatMs, secondsAt } from "../model/units.ts";
import { markdownCode, markdownText } from "./markdown_safe.ts";

/** Rows of a table; the report has all of them. */
const MOST_ROWS = 8;
const MOST_REASONS = 6;

/** What a probe saw, for a pull request or a log of changes: verdict, pauses, errors, servers. At most 40 lines. */
export function probeMarkdown(summary: RunSummary & { readonly probe: ProbeSummary }): string {
  const { verdict, reasons, run, probe } = summary;
  const word = (verdict === null ? run.status : verdictText(verdict)).toUpperCase();
  const longest = probe.pauses.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_ROWS)
    .toSorted((a, b) => a.fromUs - b.fromUs);
  return [
    `### Probe of ${markdownCode(probe.probe.place)}: **${word}**`,
    "",
    ...reasons.slice(0, MOST_REASONS).map((reason) => `- ${markdownText(reason)}`),
    ...table(["pause of", "from", "took", "due", "failed", "ended by"], longest.map(pauseCells)),
    ...probe.pauses.length > MOST_ROWS
      ? ["", `The ${MOST_ROWS} longest of ${formatCount(probe.pauses.length)} pauses.`]
      : [],
    ...table(["error", "requests", "n", "first", "last"], probe.errors.map(errorCells)),
    ...table(
      ["at", "server and address"],
      probe.changes.map(({ atUs, text }) => [secondsAt(atUs), markdownText(text)]),
    ),
    "",
    `Run ${markdownCode(run.runId)}, ${run.config.ratePerSecond} requests/s; pauses under ${
      formatMs(probe.probe.floorMs)
    } are not reported.`,
  ].join("\n") + "\n";
}

function pauseCells(pause: Pause): string[] {
  const { path, kind, fromUs, requests, failed, endedBy, server } = pause;
  const what = kind === "all" ? "all" : `${kind}s`;
  return [
    path === null ? what : `${what} over ${markdownText(path)}`,
    secondsAt(fromUs),
    pauseLength(pause),
    formatCount(requests),
    formatCount(failed),
    markdownText(endedBy === null ? "not ended" : server === null ? endedBy : `${endedBy} to ${server}`),
  ];
}

function errorCells({ code, kind, path, n, firstUs, lastUs }: ProbeError): string[] {
  return [
    markdownText(codeText(code)),
    `${kind}s over ${markdownText(path)}`,
    formatCount(n),
    secondsAt(firstUs),
    secondsAt(lastUs),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const hidden = rows.length - MOST_ROWS;
  return [
    "",
    line(head),
    line(head.map(() => ":--")),
    ...rows.slice(0, MOST_ROWS).map(line),
    ...hidden > 0 ? ["", `… and ${formatCount(hidden)} more.`] : [],
  ];
}
