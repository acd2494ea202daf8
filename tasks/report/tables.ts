import { type Column, numbers, words } from "../charts/figure.ts";
import { OUTCOMES } from "../model/timing.ts";
import { detectableText, ratioNote, verdictWord } from "../model/comparison_text.ts";
import type { Estimate, RunSummary, Summary } from "../model/summary.ts";
import { QUANTILES } from "../model/summary.ts";
import {
  fixed,
  formatCount,
  formatProbability,
  formatRate,
  formatShare,
  measuredMs,
  MS_DECIMALS,
} from "../model/units.ts";
import {
  type Cell,
  comparedText,
  estimateCell,
  fact,
  Footnotes,
  formatRatio,
  msCell,
  plain,
  ratioInterval,
  VERDICT_SIGNS,
} from "./cells.ts";

/** A table as the template draws it: rows in groups, each group under a name of its own. */
export interface ReportTable {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly groups: readonly {
    readonly name: string;
    /** Rows that the name spans. */
    readonly span: number;
    /** `name` null where that of the group, of this row alone, says it all: there is one column of names then. */
    readonly rows: readonly { readonly name: string | null; readonly cells: readonly Cell[] }[];
  }[];
  /** Written under the table. */
  readonly note: string;
}

const QUANTILE_NAMES = ["p50", "p90", "p95", "p99", "p99.9"];

/**
 * Everything per operation and arm; all operations together come first.
 * @param segment that alone is counted, of a run that has several measured ones
 */
export function operationsTable(
  operations: readonly Summary[],
  footnotes: Footnotes,
  segment?: string,
): ReportTable {
  return {
    id: segment === undefined ? "table-operations" : `table-operations-${segment}`,
    caption: `Response times per operation and arm, ${segment ?? "measured blocks"} only`,
    columns: [
      ...words("Operation", "Arm"),
      ...numbers("Requests", "Errors", "Answered", ...QUANTILE_NAMES, "Max"),
    ],
    groups: grouped(operations, (row) => [
      plain(formatCount(row.n)),
      {
        ...estimateCell(row.errorRate, formatShare, footnotes),
        notes: footnotes.refer([...row.errorRate.warnings, ...row.warnings]),
      },
      plain(formatRate(row.throughput)),
      ...QUANTILES.map((level) => msCell(row.response[String(level)], footnotes)),
      plain(measuredMs(row.maxMs)),
    ]),
    note:
      "Arm: what is compared, here a path under its own name. Answered: successful requests a second of the arm's " +
      "own measured time.",
  };
}

/** Intervals of every quantile, and the parts of a response time. */
export function intervalTables(summary: RunSummary, footnotes: Footnotes): ReportTable[] {
  const kinds = [
    ["response", "Response time (done − intended), with 95 % intervals"],
    ["service", "Service time (done − sent), with 95 % intervals"],
    ["waiting", "Waiting for a connection (acquired − woke), with 95 % intervals"],
  ] as const;
  return kinds.map(([kind, caption]) => ({
    id: `table-${kind}`,
    caption,
    columns: [...words("Operation", "Arm"), ...numbers(...QUANTILE_NAMES)],
    groups: grouped(
      summary.operations,
      (row) => QUANTILES.map((level) => withInterval(row[kind][String(level)], footnotes)),
    ),
    note: "",
  }));
}

function withInterval(estimate: Estimate | undefined, footnotes: Footnotes): Cell {
  const cell = msCell(estimate, footnotes);
  if (estimate === undefined || estimate.value === null) return { ...cell, hint: "" };
  const { value, low, high } = estimate;
  if (low === null || high === null) return { ...cell, hint: "" };
  // The bounds are in the value's unit, which is written once.
  const scale = value >= 999.5 ? 1000 : 1;
  const bound = (ms: number) => fixed(ms / scale, 3, scale === 1 ? MS_DECIMALS : undefined);
  return { ...cell, hint: "", text: `${cell.text} [${bound(low)}, ${bound(high)}]` };
}

/** Candidate against baseline per operation, p50 and p95. */
export function comparisonTable(
  { comparisons, untilDecided }: Pick<RunSummary, "comparisons" | "untilDecided">,
  footnotes: Footnotes,
): ReportTable {
  return {
    id: "table-comparisons",
    caption: `Arms against ${comparisons[0]?.baseline ?? "the baseline"}, by pairs of blocks`,
    columns: [
      ...words("Operation", "Arm and statistic"),
      ...numbers("Ratio", "95 % interval", "Detectable", "Pairs", "p (adjusted)"),
      ...words("Verdict"),
    ],
    groups: [...Map.groupBy(comparisons, (row) => row.operation ?? "All operations")].map(([name, rows]) => ({
      name,
      span: rows.length,
      rows: rows.map((row) => ({
        name: `${row.candidate} ${row.statistic}`,
        cells: [
          { text: formatRatio(row.ratio), hint: "", notes: footnotes.ofComparison(row.warnings) },
          plain(ratioInterval(row) || "—"),
          plain(detectableText(row.detectable)),
          plain(String(row.n)),
          plain(formatProbability(row.p)),
          plain(`${VERDICT_SIGNS[row.verdict]} ${verdictWord(row)}`),
        ],
      })),
    })),
    note:
      `${
        ratioNote(comparisons, "All operations", { looked: untilDecided !== undefined })
      } Detectable: the smallest change that four of five such runs would ` +
      "have shown.",
  };
}

/** Hit rate of every arm and operation that has a cache, and what the cache gives back. Null without any. */
export function cacheTable(summary: RunSummary): ReportTable | null {
  const cached = summary.operations.filter((row) => row.cache !== null);
  if (cached.length === 0) return null;
  const saved = (row: Summary) =>
    summary.comparisons.find((c) =>
      c.operation === row.operation && c.candidate === row.arm && c.statistic === "p50"
    );
  return {
    id: "table-cache",
    caption: "Cache answers per operation",
    columns: [
      ...words("Operation", "Arm"),
      ...numbers("Hit rate", "Hits", "Misses", "Stale", "Bypassed", "p50 against the baseline"),
    ],
    groups: grouped(cached, (row) => [
      plain(formatShare(row.cache!.hitRate)),
      ...[row.cache!.hit, row.cache!.miss, row.cache!.stale, row.cache!.bypass].map((n) =>
        plain(formatCount(n))
      ),
      plain(comparedText(saved(row))),
    ]),
    note: "Hit rate = hits ÷ (hits + misses + stale + bypassed). Hits are never forced.",
  };
}

/** Where every scheduled slot went: by arm, phase and outcome. */
export function accountingTable(
  summary: RunSummary,
): ReportTable & { readonly sum: number; readonly ok: boolean } {
  const { rows, scheduled } = summary.accounting;
  const count = (arm: string | null, phase: string | null, outcome: string | null) =>
    rows.filter((row) =>
      (arm === null || row.arm === arm) && (phase === null || row.phase === phase) &&
      (outcome === null || row.outcome === outcome)
    ).reduce((sum, row) => sum + row.n, 0);
  const line = (arm: string | null, phase: string | null) => [
    ...OUTCOMES.map((outcome) => fact(formatCount(count(arm, phase, outcome)))),
    fact(formatCount(count(arm, phase, null))),
  ];
  const sum = count(null, null, null);
  const arms = [...Map.groupBy(rows, (row) => row.arm)].map(([name, own]) => {
    const phases = [...new Set(own.map(({ phase }) => phase))];
    return {
      name,
      span: phases.length,
      rows: phases.map((phase) => ({ name: phase, cells: line(name, phase) })),
    };
  });
  return {
    id: "table-accounting",
    caption: "Every scheduled request and what became of it",
    columns: [...words("Arm", "Phase"), ...numbers(...OUTCOMES, "Sum")],
    groups: [...arms, { name: "All arms", span: 1, rows: [{ name: "all", cells: line(null, null) }] }],
    note: `${formatCount(sum)} recorded, ${formatCount(scheduled)} scheduled: ` +
      (sum === scheduled ? "nothing is missing." : "THEY DIFFER."),
    sum,
    ok: sum === scheduled,
  };
}

/** Errors by arm, operation and code. Null when there were none. */
export function errorsTable(summary: RunSummary): ReportTable | null {
  const rows = summary.operations.filter((row) => row.operation !== null && row.errors.length > 0);
  if (rows.length === 0) return null;
  return {
    id: "table-errors",
    caption: "Errors by code",
    columns: [...words("Operation", "Arm"), ...words("Codes and counts")],
    groups: grouped(rows, (row) => [
      plain(codeCounts(row.errors)),
    ]),
    note: "",
  };
}

/** A server may have a code of its own for every request. */
const MOST_CODES = 12;

/** Codes and counts as text: the most frequent ones, and how many others there are. */
export function codeCounts(errors: Summary["errors"]): string {
  const [shown, others] = [errors.slice(0, MOST_CODES), errors.slice(MOST_CODES)];
  const text = shown.map(({ code, n }) => `${code}: ${formatCount(n)}`).join(", ");
  if (others.length === 0) return text;
  const sum = others.reduce((total, { n }) => total + n, 0);
  return `${text}, and ${formatCount(others.length)} more: ${formatCount(sum)}`;
}

function grouped(rows: readonly Summary[], cells: (row: Summary) => Cell[]): ReportTable["groups"] {
  return [...Map.groupBy(rows, (row) => row.operation ?? "All operations")].map(([name, own]) => ({
    name,
    span: own.length,
    rows: own.map((row) => ({ name: row.arm, cells: cells(row) })),
  }));
}
