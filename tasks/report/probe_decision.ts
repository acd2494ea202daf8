import type { ProbeSummary } from "../model/probe.ts";
import { formatCount, formatMs, formatSeconds, measuredMs } from "../model/units.ts";
import { plain } from "./cells.ts";
import type { KeyFigure } from "./key_figure.ts";

/** What a probe is judged by, for page one. */
export function probeJudgedBy({ probe: { pauseLimitMs, allow } }: ProbeSummary): string {
  const allowed = allow.includes("brief-pause")
    ? " A longer pause alone was allowed (--allow brief-pause)."
    : "";
  return `Zero downtime means: no request failed, no pause was longer than ${
    formatMs(pauseLimitMs)
  }, and every acknowledged write is there once.${allowed}`;
}

/** The four figures of a probe's page one. */
export function probeFigures(
  { longest, pauses, errors, connections, ledger, probe }: ProbeSummary,
): KeyFigure[] {
  const row = (arm: string, value: string, worse: string | null = null) => ({
    arm,
    value: plain(value),
    compared: worse === null ? null : { text: worse, sense: "worse" as const },
  });
  const isLong = longest !== null && longest.leastMs > probe.pauseLimitMs;
  return [
    {
      title: "Longest pause",
      rows: [
        row(
          longest === null ? "none" : `at ${formatSeconds(longest.fromUs / 1e6)}`,
          longest === null ? "—" : measuredMs(longest.ms),
          isLong ? `above ${formatMs(probe.pauseLimitMs)}` : null,
        ),
        row("pauses", formatCount(pauses.length)),
      ],
    },
    {
      title: "Requests that failed",
      rows: [row("all", formatCount(errors.reduce((sum, { n }) => sum + n, 0)))],
    },
    {
      title: "Connections",
      rows: [row("lost", formatCount(connections.lost)), row("regained", formatCount(connections.regained))],
    },
    {
      title: "Writes",
      rows: ledger === null ? [row("none made", "—")] : [
        row("acknowledged", formatCount(ledger.ok)),
        row("lost or wrong", formatCount(ledger.problems.reduce((sum, { n }) => sum + n, 0))),
        ...ledger.notReplicated + ledger.unclear === 0
          ? []
          : [row("not replicated, or unclear", formatCount(ledger.notReplicated + ledger.unclear))],
      ],
    },
  ];
}
