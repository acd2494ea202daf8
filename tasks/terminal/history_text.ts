import type {
  HistoryChange,
  HistoryRun,
  HistoryStretch,
  HistoryTrend,
  RunHistory,
} from "../model/history.ts";
import { counted, formatMs, isoMinutes, listed, measuredMs, significant } from "../model/units.ts";
import { shortCommit } from "./compare_text.ts";
import { paragraph, singleLine } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/** From so many runs on changes of level are looked for. */
const ENOUGH = 10;
/** The newest runs that a line of signs shows. */
const MOST_SIGNS = 24;
const SIGNS = "▁▂▃▄▅▆▇█";
const LABEL_COLUMNS = 32;
/** Of one run; the table marks all. */
const MOST_CHANGES = 5;

/** A history as a person reads it: the newest stretch as a table, its changes, then what stands apart from it. */
export function historyText(history: RunHistory, columns = widthOf().columns): string {
  const [newest, ...others] = history.stretches as [HistoryStretch, ...HistoryStretch[]];
  const first = newest.runs[0]!;
  const last = newest.runs.at(-1)!;
  return [
    `${singleLine(history.scenario)}: ${
      counted(newest.runs.length, "run")
    } of the same machine, data set and load, ${isoMinutes(first.startedAt)} to ${
      isoMinutes(last.startedAt)
    } UTC`,
    trendTable(newest, columns),
    changesText(newest),
    ...others.map(otherText),
    apartText(history),
  ].filter((part) => part !== "").join("\n\n");
}

const COLUMNS: readonly TextColumn[] = [
  { title: "arm", align: "left", heads: true },
  { title: "operation", align: "left" },
  { title: "", align: "left" },
  { title: "first", align: "right", drop: 1 },
  { title: "lowest", align: "right", drop: 2 },
  { title: "highest", align: "right", drop: 2 },
  { title: "latest", align: "right" },
  { title: "newest runs", align: "left", drop: 3 },
  { title: "changes", align: "right" },
];

/** All medians, and each p95 that changed. */
function trendTable({ trends }: HistoryStretch, columns: number): string {
  const shown = trends.filter(({ statistic, changes, outside }) =>
    statistic === "p50" || changes.length > 0 || outside.length > 0
  );
  const rows = shown.map(({ arm, operation, statistic, ms, changes, outside }, at) => {
    const known = ms.filter((each) => each !== null);
    const cell = (value: number | null | undefined) => value === null ? "—" : formatMs(value ?? null);
    return [
      at > 0 && shown[at - 1]!.arm === arm ? "" : arm ?? "all",
      operation ?? "all",
      statistic,
      cell(known[0]),
      cell(known.length === 0 ? null : Math.min(...known)),
      cell(known.length === 0 ? null : Math.max(...known)),
      cell(ms.at(-1)),
      signs(ms),
      changes.length > 0 ? String(changes.length) : outside.length > 0 ? `${outside.length}?` : "",
    ];
  });
  return `${formatTable(COLUMNS, rows, columns)}\n${
    paragraph("A response time is a run's typical one; each line of signs has a scale of its own.", "")
  }`;
}

/** The newest runs, each by a sign as high as its response time; a run without one is a blank. */
function signs(ms: readonly (number | null)[]): string {
  const own = ms.slice(-MOST_SIGNS);
  const known = own.filter((each) => each !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = (value: number) =>
    high > low ? Math.round((value - low) / (high - low) * (SIGNS.length - 1)) : 0;
  return own.map((each) => each === null ? " " : SIGNS[step(each)]).join("");
}

function changesText({ runs, trends }: HistoryStretch): string {
  const few = runs.length < ENOUGH;
  const found = trends.flatMap((trend) => [
    ...trend.changes.map((change) => ({
      at: change.at,
      sign: change.ratio > 1 ? "▲" : "▼",
      text: changeText(trend, change),
    })),
    ...trend.outside.map((at) => ({ at, sign: "?", text: outsideText(trend, at) })),
  ]);
  const byRun = Map.groupBy(found, ({ at, sign }) => `${at} ${sign}`);
  const told = [...byRun.values()].sort((one, other) => one[0]!.at - other[0]!.at).map((own) => {
    const [{ at, sign }] = own as [typeof own[0]];
    const shown = own.slice(0, MOST_CHANGES).map(({ text }) => text).join("; ");
    const more = own.length > MOST_CHANGES ? `; and ${counted(own.length - MOST_CHANGES, "more row")}` : "";
    const where = sign === "?" ? `in ${runText(runs[at]!)}` : `from ${runText(runs[at]!)} on`;
    return paragraph(`${sign} ${where}: ${shown}${more}`, "  ");
  });
  const note = few
    ? `Fewer than ${ENOUGH} runs have no change points: what lies outside median ± 4 MAD is named, with low confidence.`
    : told.length === 0
    ? "No change of level was found."
    : "";
  return [...told, note].filter((part) => part !== "").join("\n");
}

function changeText(trend: HistoryTrend, { ratio, beforeMs, afterMs }: HistoryChange): string {
  const times = ratio > 1 ? `${significant(ratio, 3)}× slower` : `${significant(1 / ratio, 3)}× faster`;
  return `${trendName(trend)} ${times} (${measuredMs(beforeMs)} → ${measuredMs(afterMs)})`;
}

function outsideText(trend: HistoryTrend, at: number): string {
  return `${trendName(trend)}, ${measuredMs(trend.ms[at]!)}, lies outside what the others stray by`;
}

/** What a trend is of: `sql/product-by-id p95`. */
export function trendName({ arm, operation, statistic }: HistoryTrend): string {
  return `${arm ?? "all arms"}${operation === null ? "" : `/${operation}`} ${statistic}`;
}

function runText({ runId, startedAt, label, gitCommit }: HistoryRun): string {
  const facts = [
    ...label === null ? [] : [singleLine(label, LABEL_COLUMNS)],
    `${isoMinutes(startedAt)} UTC`,
    ...gitCommit === null ? [] : [`commit ${singleLine(shortCommit(gitCommit))}`],
  ];
  return `${runId} (${facts.join(", ")})`;
}

function otherText({ runs, differences }: HistoryStretch): string {
  const what = differences.map(({ name, base, candidate }) =>
    `${name} ${singleLine(base ?? "—")} and not ${singleLine(candidate ?? "—")}`
  );
  return paragraph(
    `Apart from these: ${counted(runs.length, "run")} until ${
      isoMinutes(runs.at(-1)!.startedAt)
    } UTC that cannot be compared with them (${what.join("; ")}).`,
    "  ",
  );
}

/** How many runs of the scenario are not of this history, and in what these differ; empty: none. */
export function elsewhereText({ elsewhere, elsewhereDiffers }: RunHistory): string {
  const they = elsewhere === 1 ? "it differs" : "they differ";
  return elsewhere === 0
    ? ""
    : `${counted(elsewhere, "run")} not shown: ${they} in machine or services (${
      listed(elsewhereDiffers.map((name) => singleLine(name)))
    }).`;
}

function apartText(history: RunHistory): string {
  const { leftOut } = history;
  return [
    ...[elsewhereText(history)].filter((text) => text !== ""),
    ...leftOut === 0 ? [] : [`${counted(leftOut, "run")} INVALID or not finished: left out.`],
  ].join("\n");
}
