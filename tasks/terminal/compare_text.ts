import type { ComparedRow, ComparedSide, RunComparison } from "../model/run_comparison.ts";
import {
  counted,
  fixed,
  formatCount,
  formatShare,
  isoMinutes,
  measuredMs,
  significant,
} from "../model/units.ts";
import { paragraph, singleLine } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/** Lines of a kind that are shown; the page has all. */
const MOST_CHANGES = 12;
const LABEL_COLUMNS = 40;

/** A comparison as a person reads it: the verdict, what changed, then what that came to. */
export function compareText(comparison: RunComparison, columns = widthOf().columns): string {
  const parts = [
    headline(comparison),
    sidesText(comparison),
    differencesText(comparison, columns),
    changesText(comparison, columns),
    onlyText(comparison),
    rowsText(comparison, columns),
    errorsText(comparison, columns),
    comparison.warnings.map(({ text }) => `• ${paragraph(text, "  ")}`).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function headline({ verdict, reasons }: RunComparison): string {
  const [first = "", ...others] = reasons.map((reason) => paragraph(reason, "    "));
  // What is not comparable begins with these words.
  const word = verdict === null ? "" : `${verdict.toUpperCase()}: `;
  return [`${word}${first}`, ...others.map((reason) => `  ${reason}`)].join("\n");
}

function sidesText({ base, candidate }: RunComparison): string {
  return `Base       ${sideText(base)}\nCandidate  ${sideText(candidate)}`;
}

/** `20250131-120000-1f3a (before), commit 4f1c9ab2d0, 2025-01-31 12:00 UTC, 5 runs`. */
export function sideText({ id, label, runs, gitCommit }: ComparedSide): string {
  const named = label === null ? "" : ` (${singleLine(label, LABEL_COLUMNS)})`;
  return [
    `${id}${named}`,
    ...gitCommit === null ? [] : [`commit ${singleLine(shortCommit(gitCommit))}`],
    `${isoMinutes(runs[0]!.startedAt)} UTC`,
    ...runs.length === 1 ? [] : [counted(runs.length, "run")],
  ].join(", ");
}

/** Ten digits of a commit, and its mark of changed files. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 10) + (commit.endsWith("+") ? "+" : "");
}

const DIFFERENCES: readonly TextColumn[] = [
  { title: "part", align: "left", heads: true },
  { title: "fact", align: "left" },
  { title: "base", align: "left" },
  { title: "candidate", align: "left" },
];

function differencesText({ differences }: RunComparison, columns: number): string {
  if (differences.length === 0) return "";
  const rows = differences.map(({ part, name, base, candidate }) => [
    part === "dataset" ? "data set" : part,
    name,
    base ?? "—",
    candidate ?? "—",
  ]);
  return `What differs and should not:\n${formatTable(DIFFERENCES, rows, columns)}`;
}

function changesText({ changes, statements, plans }: RunComparison, columns: number): string {
  const rows = changes.map((
    { what, base, candidate },
  ) => [what, shorter(what, base), shorter(what, candidate)]);
  const shown = rows.slice(0, MOST_CHANGES);
  const more = rows.length - shown.length;
  const lines = [
    ...shown.length === 0 ? [] : [
      formatTable(
        [
          { title: "what changed", align: "left" },
          { title: "base", align: "left" },
          { title: "candidate", align: "left" },
        ],
        shown,
        columns,
      ),
    ],
    ...more > 0 ? [`and ${formatCount(more)} more, in the report`] : [],
    ...statements.slice(0, MOST_CHANGES).map(({ arm, operation }) =>
      `Statement of ${singleLine(operation)} over ${singleLine(arm)} changed.`
    ),
    ...plans.slice(0, MOST_CHANGES).map(({ arm, operation, changes: [first, ...others] }) =>
      `Plan of ${singleLine(operation)} over ${singleLine(arm)}: ${singleLine(first ?? "changed")}${
        others.length === 0 ? "" : `, and ${formatCount(others.length)} more`
      }`
    ),
  ];
  return lines.length === 0 ? "What changed: nothing that was recorded." : lines.join("\n");
}

function shorter(what: string, value: string | null): string {
  return value === null ? "—" : what === "commit" && /^[0-9a-f]{40}/.test(value) ? shortCommit(value) : value;
}

function onlyText({ only }: RunComparison): string {
  const text = (side: "base" | "candidate") =>
    (["arms", "operations"] as const).flatMap((kind) =>
      only[side][kind].length === 0
        ? []
        : [`Only in the ${side}, and not compared: ${kind} ${
          only[side][kind].map((name) => singleLine(name)).join(", ")
        }.`]
    );
  return [...text("base"), ...text("candidate")].join("\n");
}

const ROWS: readonly TextColumn[] = [
  { title: "arm", align: "left", heads: true },
  { title: "operation", align: "left" },
  { title: "", align: "left" },
  { title: "base", align: "right", drop: 1 },
  { title: "candidate", align: "right", drop: 2 },
  { title: "ratio", align: "right" },
  { title: "95 % interval", align: "right" },
  { title: "noise floor", align: "right" },
  { title: "verdict", align: "left" },
];

function rowsText({ rows, base, candidate }: RunComparison, columns: number): string {
  if (rows.length === 0) return "";
  // Of every p95 the page tells; here those that were decided.
  const shown = rows.filter(({ statistic, verdict }) => statistic === "p50" || verdict !== "inconclusive");
  const cells = shown.map((row) => [
    row.arm ?? "all",
    row.operation ?? "all",
    row.statistic,
    measuredMs(row.baseMs),
    measuredMs(row.candidateMs),
    row.ratio === null ? "—" : `${fixed(row.ratio, 3)}×`,
    intervalOf(row),
    floorText(row.floor),
    `${VERDICT_SIGNS[row.verdict]} ${row.verdict}`,
  ]);
  const of = base.runs.length === 1 && candidate.runs.length === 1 ? "" : ", the mean over runs";
  return `Response time${of}:\n${formatTable(ROWS, cells, columns)}\n` +
    `${RATIO_NOTE} ` +
    "Ratio: candidate ÷ base; all: the mean over the operations, weighted by the mix. " +
    "Noise floor: with nothing changed, such a ratio lies within it in 95 of 100 comparisons.";
}

/** Why a ratio is not quite the quotient of the two times beside it. */
export const RATIO_NOTE =
  "Base and candidate are medians of all requests; the ratio is estimated over stretches of requests, so it is not " +
  "exactly their quotient.";

/** A verdict's sign; the sign alone says nothing to who does not see it. */
export const VERDICT_SIGNS: Readonly<Record<ComparedRow["verdict"], string>> = {
  improved: "▼",
  regressed: "▲",
  equivalent: "=",
  inconclusive: "?",
};

/** `0.98–1.04`. */
export function intervalOf({ low, high }: Pick<ComparedRow, "low" | "high">): string {
  return low === null || high === null ? "—" : `${fixed(low, 3)}–${fixed(high, 3)}`;
}

/** `±3.4 %`; from twice on `2.1×`. */
export function floorText(floor: number | null): string {
  if (floor === null) return "not known";
  return floor >= 2 ? `${significant(floor, 2)}×` : `±${significant((floor - 1) * 100, 2)} %`;
}

function errorsText({ errors }: RunComparison, columns: number): string {
  if (errors.every(({ base, candidate }) => !base.value && !candidate.value)) {
    return errors.length === 0 ? "" : "Every request was answered, on both sides.";
  }
  const share = ({ value, low, high }: { value: number | null; low: number | null; high: number | null }) =>
    `${formatShare(value)}${
      low === null || high === null ? "" : ` (${formatShare(low)}–${formatShare(high)})`
    }`;
  const rows = errors.map(({ arm, base, candidate, unserved, more }) => [
    arm,
    share(base),
    share(candidate),
    `${formatShare(unserved.base)} → ${formatShare(unserved.candidate)}`,
    more ? "▲ more" : "",
  ]);
  return `Requests without an answer:\n${
    formatTable(
      [
        { title: "arm", align: "left" },
        { title: "base", align: "right" },
        { title: "candidate", align: "right" },
        { title: "shed or unsent", align: "right", drop: 1 },
        { title: "", align: "left" },
      ],
      rows,
      columns,
    )
  }`;
}
