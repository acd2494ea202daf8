import type { ComparedRow, ComparedSide, RunComparison } from "../model/run_comparison.ts";
import { counted, fixed, formatCount, formatShare, measuredMs } from "../model/units.ts";
import { floorText, intervalOf, RATIO_NOTE, shortCommit, VERDICT_SIGNS } from "../terminal/compare_text.ts";
import { ONE_STRETCH } from "../summary/compare/judge.ts";
import { NOT_COMPARED } from "../summary/compare/notes.ts";
import { markdownBlock, markdownCode, markdownText } from "./markdown_safe.ts";

/** A comment that is longer is not read; the lines of its marks are two more of these. */
export const MOST_LINES = 38;
const MOST_REASONS = 5;
const MOST_CHANGES = 6;
const MOST_ROWS = 10;

/**
 * A comparison for a pull request: the verdict first, then the rows that tell most, what changed, and how to have it again;
 * statements and plans folded. At most `MOST_LINES` lines, none of them a mark.
 * @param doubt what is to be known before the verdict is believed, as a sentence; null: nothing
 */
export function compareMarkdown(comparison: RunComparison, doubt: string | null = null): string {
  const { base, candidate, scenario, verdict, reasons } = comparison;
  const word = verdict === null ? "NOT COMPARABLE" : verdict.toUpperCase();
  const shown = [
    `### Benchmark ${markdownCode(scenario)}: **${word}**`,
    "",
    ...[...doubt === null ? [] : [doubt], ...reasons].slice(0, MOST_REASONS).map((reason) =>
      `- ${markdownText(reason)}`
    ),
    "",
    ...verdict === null ? differenceLines(comparison) : rowLines(comparison.rows),
    "",
    ...noteLines(comparison),
    ...errorLines(comparison),
    ...changeLines(comparison),
    `- **Compared**: ${sideText(base)} with ${sideText(candidate)}; again: ${
      markdownCode(`deno task compare ${base.id} ${candidate.id}`)
    }`,
  ];
  return [...shown, ...detailLines(comparison, MOST_LINES - shown.length)].join("\n");
}

function rowLines(rows: readonly ComparedRow[]): string[] {
  const shown = telling(rows);
  const more = rows.length - shown.length;
  return [
    line(["operation", "", "base", "candidate", "ratio (95 % interval)", "noise floor", "verdict"]),
    line([":--", ":--", "--:", "--:", "--:", "--:", ":--"]),
    ...shown.map((row) =>
      line([
        rowText(row),
        row.statistic,
        measuredMs(row.baseMs),
        measuredMs(row.candidateMs),
        row.ratio === null ? "—" : `${fixed(row.ratio, 3)}× (${intervalOf(row)})`,
        floorText(row.floor),
        `${VERDICT_SIGNS[row.verdict]} ${row.verdict}`,
      ])
    ),
    "",
    `${more > 0 ? `And ${counted(more, "more row")} in the report. ` : ""}${RATIO_NOTE}`,
  ];
}

/** What the rows leave out, and of what they have no interval. */
function noteLines({ warnings }: RunComparison): string[] {
  return warnings.filter(({ code }) => code === ONE_STRETCH || code === NOT_COMPARED)
    .map(({ text }) => `- ${markdownText(text)}`);
}

/** All together and each arm first, then what was decided, the largest change first. */
function telling(rows: readonly ComparedRow[]): ComparedRow[] {
  const weight = ({ operation, verdict }: ComparedRow) =>
    operation === null
      ? 0
      : verdict === "regressed"
      ? 1
      : verdict === "improved"
      ? 2
      : verdict === "inconclusive"
      ? 3
      : 4;
  const change = ({ ratio }: ComparedRow) => Math.abs(Math.log(ratio ?? 1));
  return [...rows].sort((a, b) => weight(a) - weight(b) || (weight(a) === 0 ? 0 : change(b) - change(a)))
    .slice(0, MOST_ROWS);
}

function rowText({ arm, operation }: ComparedRow): string {
  const name = operation === null ? "all operations" : markdownCode(operation, { cell: true, most: 60 });
  return arm === null ? name : `${name}, ${markdownCode(arm, { cell: true, most: 40 })}`;
}

function differenceLines({ differences }: RunComparison): string[] {
  return [
    line(["part", "fact", "base", "candidate"]),
    line([":--", ":--", ":--", ":--"]),
    ...differences.slice(0, MOST_ROWS).map(({ part, name, base, candidate }) =>
      line([part, name, valueText(base, true), valueText(candidate, true)])
    ),
  ];
}

function errorLines({ errors }: RunComparison): string[] {
  const own = errors.filter(({ base, candidate }) => base.value || candidate.value);
  if (own.length === 0) return [];
  const texts = own.slice(0, 4).map(({ arm, base, candidate, more }) =>
    `${markdownCode(arm, { most: 40 })} ${formatShare(base.value)} → ${formatShare(candidate.value)}${
      more ? " **(more)**" : ""
    }`
  );
  return [`- **Without an answer**: ${texts.join(", ")}`];
}

function changeLines({ changes, only }: RunComparison): string[] {
  const shown = changes.slice(0, MOST_CHANGES).map(({ what, base, candidate }) =>
    `${markdownText(what, 60)} ${valueText(shortIfCommit(what, base))} → ${
      valueText(shortIfCommit(what, candidate))
    }`
  );
  const more = changes.length - shown.length;
  const missing = (["base", "candidate"] as const).flatMap((side) => {
    const names = [...only[side].arms, ...only[side].operations];
    return names.length === 0
      ? []
      : [`- **Only in the ${side}**: ${
        names.slice(0, 8).map((name) => markdownCode(name, { most: 40 })).join(", ")
      }`];
  });
  return [
    `- **What changed**: ${shown.length === 0 ? "nothing that was recorded" : shown.join("; ")}${
      more > 0 ? `; and ${formatCount(more)} more` : ""
    }`,
    ...missing,
  ];
}

function shortIfCommit(what: string, value: string | null): string | null {
  return what === "commit" && value !== null && /^[0-9a-f]{40}/.test(value) ? shortCommit(value) : value;
}

function valueText(value: string | null, cell = false): string {
  return value === null || value === "" ? "—" : markdownCode(value, { most: 60, cell });
}

function sideText({ id, label, runs, gitCommit }: ComparedSide): string {
  return [
    markdownCode(id),
    ...label === null ? [] : [`“${markdownText(label, 40)}”`],
    ...gitCommit === null ? [] : [`at ${markdownCode(shortCommit(gitCommit))}`],
    `(${counted(runs.length, "run")})`,
  ].join(" ");
}

/** Statements and plans, folded, as far as there is room; nothing where there is none. */
function detailLines({ statements, plans }: RunComparison, room: number): string[] {
  const opening = ["", "<details><summary>Statements and plans that changed</summary>", ""];
  const closing = ["", "</details>"];
  const told = [
    ...plans.map(({ arm, operation, changes }) =>
      `${operation} over ${arm}, plan: ${changes.slice(0, 3).join("; ")}`
    ),
    ...statements.flatMap((
      { arm, operation, changes },
    ) => [`${operation} over ${arm}, statement:`, ...changes]),
  ];
  // The fences of a block.
  const free = room - opening.length - closing.length - 2;
  if (told.length === 0 || free < 1) return [];
  const shown = told.length <= free
    ? told
    : [...told.slice(0, free - 1), `… and ${told.length - free + 1} more lines`];
  return [...opening, ...markdownBlock(shown, "diff", 160), ...closing];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
