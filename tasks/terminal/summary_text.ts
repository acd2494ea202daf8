import { ratioNote, verdictWord } from "../model/comparison_text.ts";
import { offeredRate } from "../model/offered_rate.ts";
import { windowsText } from "../model/slo.ts";
import {
  type Comparison,
  type Estimate,
  outcomeText,
  type RunSummary,
  sloOutcome,
  type Summary,
} from "../model/summary.ts";
import { formatCount, formatIn, formatMs, formatShare, intervalText, significant } from "../model/units.ts";
import { planText } from "./plan_text.ts";
import { paragraph, singleLine } from "./safe_text.ts";
import { type Column, formatTable } from "./table.ts";
import { widthOf } from "./width.ts";

/** Of a label, which may be as long as its user likes. */
const LABEL_COLUMNS = 40;

/** The end of a bench as a person reads it: what was asked, what came out, whether to believe it. */
export function summaryText(summary: RunSummary, columns = widthOf().columns): string {
  const { run } = summary;
  const parts = [
    headline(summary),
    armTable(summary, columns),
    comparisonText(summary.comparisons, columns),
    planText(summary.operations),
    sloText(summary),
    notes(summary),
    generatorText(summary),
    `Run ${run.runId}${run.label === null ? "" : ` (${singleLine(run.label, LABEL_COLUMNS)})`}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function headline({ verdict, reasons, run }: RunSummary): string {
  const word = verdict === null ? run.status.toUpperCase() : verdict.toUpperCase();
  const [first = "no target was set", ...others] = reasons.map((reason) => paragraph(reason, "    "));
  return [`${word}: ${first}`, ...others.map((reason) => `  ${reason}`)].join("\n");
}

const COLUMNS: readonly Column[] = [
  { title: "arm", align: "left", heads: true },
  { title: "operation", align: "left" },
  { title: "requests", align: "right", drop: 4 },
  { title: "errors", align: "right" },
  { title: "ok/s", align: "right", drop: 2 },
  { title: "p50", align: "right" },
  { title: "p95", align: "right" },
  { title: "p99", align: "right", drop: 5 },
  { title: "max", align: "right", drop: 1 },
  { title: "hits", align: "right", drop: 3 },
];

function armTable({ operations, run }: RunSummary, columns: number): string {
  if (operations.length === 0) return "No request was measured.";
  // By arm, its total first: as the summary comes it has all totals in front.
  const arms = [...new Set(operations.map(({ arm }) => arm))];
  const rows = arms.flatMap((arm) => operations.filter((row) => row.arm === arm).map(tableRow));
  const loop = run.config.loop === "open"
    ? `Response time (from the intended start), open loop at ${offeredRate(run.config)}`
    : `Response time (from the client being ready), closed loop of ${run.config.concurrency} clients`;
  const shown = operations.some(({ cache }) => cache !== null) ? COLUMNS : COLUMNS.slice(0, -1);
  return `${loop}:\n${formatTable(shown, rows, columns)}`;
}

function tableRow(row: Summary): string[] {
  return [
    row.operation === null ? row.arm : "",
    row.operation ?? "all",
    formatCount(row.n),
    formatShare(row.errorRate.value),
    significant(row.throughput, 3),
    quantile(row.response["0.5"]),
    quantile(row.response["0.95"]),
    quantile(row.response["0.99"]),
    formatMs(row.maxMs),
    row.cache === null ? "" : formatShare(row.cache.hitRate),
  ];
}

function quantile(estimate: Estimate | undefined): string {
  return formatMs(estimate?.value ?? null);
}

function comparisonText(comparisons: readonly Comparison[], width: number): string {
  // The verdict counts p95 too: each that was decided stands here beside the medians.
  const shown = comparisons.filter(({ statistic, ratio, verdict }) =>
    ratio !== null && (statistic === "p50" || verdict !== "inconclusive")
  );
  if (shown.length === 0) return "";
  const rows = shown.map((
    { operation, baseline, candidate, statistic, ratio, low, high, verdict, p, warnings },
  ) => [
    `${candidate} / ${baseline}`,
    operation ?? "all",
    statistic === "p50" ? "median" : statistic,
    `${significant(ratio!, 3)}×`,
    low === null || high === null ? "—" : `${significant(low, 3)}–${significant(high, 3)}`,
    verdictWord({ verdict, p, warnings }),
  ]);
  const columns: Column[] = [
    { title: "compared", align: "left", heads: true },
    { title: "operation", align: "left" },
    { title: "statistic", align: "left" },
    { title: "ratio", align: "right" },
    { title: "95 % interval", align: "right", drop: 1 },
    { title: "verdict", align: "left" },
  ];
  return `${formatTable(columns, rows, width)}\n${ratioNote(shown, "all")}`;
}

function sloText({ slo, run, verdict }: RunSummary): string {
  return slo.map((result) => {
    const { text, arm, measured, unit, windows } = result;
    const outcome = sloOutcome(result, { run, verdict });
    const near = outcome !== "not judged" && measured.warnings.some(({ code }) => code === "straddles-limit")
      ? ` (perhaps by chance: 95 % interval ${
        intervalText(measured.low, measured.high, (value) => formatIn(unit, value))
      })`
      : "";
    return `${outcomeText(outcome)}  ${singleLine(text)}  ${singleLine(arm)}: ${
      formatIn(unit, measured.value)
    }${near}${windows === null ? "" : ` (${windowsText(windows)})`}`;
  }).join("\n");
}

/** What to hold small differences against. */
function generatorText({ run, validity: { lagMs, generator } }: RunSummary): string {
  const parts = [
    ...lagMs.p99 === null || run.config.loop === "closed"
      ? []
      : [`lag p99 ${formatMs(lagMs.p99)}, longest ${formatMs(lagMs.max)}`],
    ...generator.cpuPerRequestUs === null
      ? []
      : [`${significant(generator.cpuPerRequestUs, 3)} µs of CPU a request`],
    ...generator.gcLongestMs === null
      ? []
      : [`longest garbage collection ${formatMs(generator.gcLongestMs)}`],
    ...generator.nativeLoop === false ? ["by Deno's event loop"] : [],
    ...generator.realTime ? ["real-time priority"] : [],
    // A closed loop asks for none: nothing is due in it.
    ...generator.realTime === false && run.config.loop === "open"
      ? ["no real-time priority (sudo prlimit --pid $$ --rtprio=1 lets this shell have it)"]
      : [],
  ];
  return parts.length === 0 ? "" : `Generator: ${parts.join(", ")}`;
}

function notes({ warnings, environment, run }: RunSummary): string {
  const lines = [
    ...run.config.unavailableArms.filter(({ asked }) => !asked).map(({ arm, reason }) =>
      `Arm ${arm} not available: ${reason}`
    ),
    ...environment.unavailable,
    ...warnings.map(({ text }) => text),
  ];
  return [...new Set(lines)].map((line) => `• ${paragraph(line, "  ")}`).join("\n");
}
