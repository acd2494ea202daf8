import { windowsText } from "../model/slo.ts";
import {
  type Comparison,
  outcomeText,
  type RunSummary,
  sloOutcome,
  type SloResult,
  type Summary,
} from "../model/summary.ts";
import {
  capital,
  formatIn,
  formatRate,
  formatSeconds,
  formatShare,
  measuredMs,
  significant,
} from "../model/units.ts";
import {
  type Cell,
  comparedText,
  estimateCell,
  Footnotes,
  formatRatio,
  plain,
  ratioInterval,
} from "./cells.ts";
import type { KeyFigure } from "./key_figure.ts";
import { judgedBy, migrationFigures, staysText } from "./migration_decision.ts";
import { probeFigures, probeJudgedBy } from "./probe_decision.ts";
import { provenance } from "./provenance.ts";

/** Page one: what a reader must know within thirty seconds. */
export interface Decision {
  /** The verdict in a word, and the same as a class for its colour. */
  readonly word: string;
  readonly tone: "good" | "bad" | "unsure" | "neutral";
  readonly sentence: string;
  readonly more: readonly string[];
  /** Against what it was judged. */
  readonly against: string;
  readonly thresholds: readonly ThresholdRow[];
  readonly figures: readonly KeyFigure[];
  readonly regressions: readonly ChangeLine[];
  readonly improvements: readonly ChangeLine[];
  readonly baseline: string | null;
  /** Why nothing was compared, where that is so; null where a missing change is a finding. */
  readonly notCompared: string | null;
  readonly provenance: readonly { readonly name: string; readonly value: string }[];
}

export interface ThresholdRow {
  readonly arm: string;
  readonly text: string;
  readonly limit: string;
  readonly measured: Cell;
  readonly interval: string;
  readonly margin: string;
  /** Which window was the worst and what became of the others; null where there are none. */
  readonly windows: string | null;
  /** A sign and a word. */
  readonly outcome: string;
  readonly tone: "good" | "bad" | "unsure";
}

export interface ChangeLine {
  readonly what: string;
  readonly ratio: string;
  readonly interval: string;
  readonly notes: readonly number[];
}

/** The first page's content from a summary. */
export function decision(summary: RunSummary, footnotes: Footnotes): Decision {
  const { run, migration, probe } = summary;
  // What a migration is compared with is the time before it, whichever arms there are.
  const baseline = migration === undefined ? baselineOf(summary) : null;
  return {
    ...withRemarks(verdict(summary), summary),
    against: probe !== undefined
      ? probeJudgedBy(probe)
      : migration === undefined
      ? against(summary, baseline)
      : judgedBy(migration, run.config.slo),
    thresholds: summary.slo.map((result) => threshold(result, summary, footnotes)),
    figures: probe !== undefined
      ? probeFigures(probe)
      : migration === undefined
      ? keyFigures(summary, footnotes)
      : migrationFigures(migration, footnotes),
    regressions: largest(summary.comparisons, "slower", footnotes),
    improvements: largest(summary.comparisons, "faster", footnotes),
    baseline,
    notCompared: notCompared(summary),
    provenance: provenance(summary),
  };
}

/** The arm that the others are compared with: the comparisons', else the first; null when it is alone. */
export function baselineOf(summary: RunSummary): string | null {
  const compared = summary.comparisons[0]?.baseline;
  if (compared !== undefined) return compared;
  const arms = new Set(summary.operations.map((row) => row.arm));
  return arms.size < 2 ? null : [...arms][0]!;
}

/** What was wrong with the machine is no reason of the verdict, and may be the reason of a number. */
export const OF_THE_MACHINE: ReadonlySet<string> = new Set(["busy-machine", "stolen-cpu"]);

function withRemarks<V extends Pick<Decision, "more">>(verdict: V, { warnings, migration }: RunSummary): V {
  const remarks = [
    ...migration === undefined ? [] : staysText(migration),
    ...warnings.filter(({ code }) => OF_THE_MACHINE.has(code)).map(({ text }) => text),
  ];
  return { ...verdict, more: [...verdict.more, ...remarks] };
}

function verdict(summary: RunSummary): Pick<Decision, "word" | "tone" | "sentence" | "more"> {
  const { run, reasons } = summary;
  const [first, ...more] = reasons;
  // A run that was cut short is said to be so before anything else: its numbers are of a part only.
  if (run.status === "interrupted" || run.status === "crashed" || run.status === "running") {
    const seconds = run.endedAt === null ? null : (run.endedAt.getTime() - run.startedAt.getTime()) / 1000;
    const after = seconds === null ? "" : ` after ${formatSeconds(Math.max(1, Math.round(seconds)))}`;
    const sentence = {
      interrupted: `The run was interrupted${after}; this report shows what was measured until then.`,
      crashed: `The run ended early${after} because something it needed failed; this report shows what was ` +
        `measured until then.`,
      running: "The run had not ended when this report was made.",
    }[run.status];
    return { word: WORDS[run.status], tone: "bad", sentence, more: reasons };
  }
  switch (summary.verdict) {
    case "pass":
      return { word: "Pass", tone: "good", sentence: first ?? "Every target was met.", more };
    case "fail":
      return { word: "Fail", tone: "bad", sentence: first ?? "A target was missed.", more };
    case "invalid":
      return {
        word: "INVALID",
        tone: "bad",
        ...sentences([
          ...overloads(summary),
          first ?? "The load generator shaped the result: do not use these numbers.",
          ...more,
        ]),
      };
    case "zero-downtime":
      return { word: "Zero downtime", tone: "good", sentence: first ?? "Nobody felt the change.", more };
    case "brief-pause": {
      const allowed = (run.config.migration ?? run.config.probe)?.allow.includes("brief-pause") ?? false;
      return {
        word: "Brief pause",
        tone: allowed ? "good" : "bad",
        sentence: first ?? "Nothing but the stall was too long.",
        more,
      };
    }
    case null:
      return { word: "Measured", tone: "neutral", sentence: first ?? "No target was set.", more };
    default:
      return {
        word: capital(summary.verdict),
        tone: "unsure",
        sentence: first ?? "The result is open.",
        more,
      };
  }
}

/** A rate beyond reach makes the generator late too: who reads only one sentence must read this one. */
function overloads({ warnings }: RunSummary): string[] {
  return warnings.filter(({ code }) => code === "overloaded").map(({ text }) => text);
}

function sentences([sentence, ...more]: readonly string[]): Pick<Decision, "sentence" | "more"> {
  return { sentence: sentence!, more };
}

const WORDS = { interrupted: "Interrupted", crashed: "Crashed", running: "Unfinished" } as const;

function against(summary: RunSummary, baseline: string | null): string {
  const { slo } = summary.run.config;
  const targets = slo === null || slo === ""
    ? "No targets were set"
    : `Judged against the targets ${parts(slo)}`;
  return baseline === null ? `${targets}.` : `${targets}; arms are compared with ${baseline}.`;
}

/** `a<1,b<2` with room between its terms. */
function parts(slo: string): string {
  return slo.split(",").map((term) => term.trim()).join(", ");
}

function threshold(result: SloResult, summary: RunSummary, footnotes: Footnotes): ThresholdRow {
  const format = formatOf(result.unit);
  const measured = estimateCell(result.measured, format, footnotes);
  const { low, high } = result.measured;
  const outcome = sloOutcome(result, summary);
  return {
    arm: result.arm,
    text: result.text,
    limit: `${result.term.comparator}${result.term.inclusive ? "=" : ""} ${
      formatIn(result.unit, result.limit)
    }`,
    measured,
    interval: low === null && high === null ? "—" : `${format(low)} to ${format(high)}`,
    margin: result.margin === null ? "—" : signed(result.margin),
    windows: result.windows === null ? null : windowsText(result.windows),
    outcome: outcomeText(outcome),
    tone: outcome === "pass" ? "good" : outcome === "fail" ? "bad" : "unsure",
  };
}

function signed(share: number): string {
  // Beyond tenfold a percentage is no longer read as one.
  if (share < -10) return `−${significant(-share, 2)}×`;
  return `${share < 0 ? "−" : "+"}${significant(Math.abs(share) * 100, 2)} %`;
}

/** Measured times have the digits of their neighbours. */
function formatOf(unit: SloResult["unit"]): (value: number | null) => string {
  return unit === "ms" ? measuredMs : (value) => formatIn(unit, value);
}

/**
 * The four figures, pooled over an arm's blocks. Two pooled numbers are never compared: one standstill in one arm's
 * block would make its tail a thousand times the other's, while the pairs of blocks show no difference.
 */
function keyFigures({ operations, comparisons }: RunSummary, footnotes: Footnotes): KeyFigure[] {
  const arms = operations.filter((row) => row.operation === null);
  const figure = (
    title: string,
    cell: (row: Summary) => Cell,
    statistic: Comparison["statistic"] | null = null,
  ): KeyFigure => ({
    title,
    rows: arms.map((row) => ({
      arm: row.arm,
      value: cell(row),
      compared: statistic === null ? null : comparedArm(comparisons, row.arm, statistic),
    })),
  });
  const quantile = (level: string) => (row: Summary) =>
    estimateCell(row.response[level], measuredMs, footnotes);
  return [
    figure("Throughput", (row) => plain(formatRate(row.throughput))),
    figure("p95 response", quantile("0.95"), "p95"),
    figure("p99 response", quantile("0.99")),
    figure("Errors", (row) => estimateCell(row.errorRate, formatShare, footnotes)),
  ];
}

/** An arm as a whole against the baseline: where all its operations were compared together, or it has only one. */
function comparedArm(
  comparisons: readonly Comparison[],
  arm: string,
  statistic: Comparison["statistic"],
): KeyFigure["rows"][number]["compared"] {
  const own = comparisons.filter((row) => row.candidate === arm && row.statistic === statistic);
  const whole = own.find(({ operation }) => operation === null) ?? (own.length === 1 ? own[0] : undefined);
  if (whole === undefined) return null;
  const sense = whole.verdict === "slower" ? "worse" : whole.verdict === "faster" ? "better" : "same";
  return { text: comparedText(whole), sense };
}

/** That no difference is certain is a finding only of a valid run with pairs enough. */
function notCompared({ verdict, comparisons }: RunSummary): string | null {
  if (verdict === "invalid") return "Not compared: the run is invalid.";
  return comparisons.every(({ p }) => p === null)
    ? "Not compared: too few pairs of blocks for a verdict."
    : null;
}

function largest(
  comparisons: readonly Comparison[],
  verdict: "faster" | "slower",
  footnotes: Footnotes,
): ChangeLine[] {
  return comparisons
    .filter((row): row is Comparison & { ratio: number } => row.verdict === verdict && row.ratio !== null)
    .sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)))
    .slice(0, 3)
    .map((row) => ({
      what: `${row.operation ?? "all operations"} ${row.statistic}, ${row.candidate}`,
      ratio: formatRatio(row.ratio),
      interval: ratioInterval(row),
      notes: footnotes.refer(row.warnings),
    }));
}
