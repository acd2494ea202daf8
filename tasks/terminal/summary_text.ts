import { ratioNote, verdictWord } from "../model/comparison_text.ts";
import { offeredRate } from "../model/offered_rate.ts";
import type { Estimate, RunSummary, Summary } from "../model/summary.ts";
import { formatCount, formatMs, formatShare, significant } from "../model/units.ts";
import { cacheChecksText } from "./cache_text.ts";
import { migrationText } from "./migration_text.ts";
import { probeText } from "./probe_text.ts";
import { planText } from "./plan_text.ts";
import { scalingText } from "./scaling_text.ts";
import { generatorText, headline, notes, runLine, sloText } from "./summary_parts.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { tierText } from "./tier_text.ts";
import { widthOf } from "./width.ts";

/** The end of a bench as a person reads it: what was asked, what came out, whether to believe it. */
export function summaryText(summary: RunSummary, columns = widthOf().columns): string {
  if (summary.migration !== undefined) return migrationText(summary, summary.migration, columns);
  if (summary.probe !== undefined) return probeText(summary, summary.probe, columns);
  const parts = [
    headline(summary),
    armTable(summary, columns),
    comparisonText(summary, columns),
    scalingText(summary, columns),
    tierText(summary.tiers ?? [], columns),
    cacheChecksText(summary, columns),
    planText(summary.operations),
    sloText(summary),
    notes(summary),
    generatorText(summary),
    runLine(summary),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

const COLUMNS: readonly TextColumn[] = [
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

function comparisonText({ comparisons, untilDecided }: RunSummary, width: number): string {
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
  const columns: TextColumn[] = [
    { title: "compared", align: "left", heads: true },
    { title: "operation", align: "left" },
    { title: "statistic", align: "left" },
    { title: "ratio", align: "right" },
    { title: "95 % interval", align: "right", drop: 1 },
    { title: "verdict", align: "left" },
  ];
  return `${formatTable(columns, rows, width)}\n${
    ratioNote(shown, "all", { looked: untilDecided !== undefined })
  }`;
}
