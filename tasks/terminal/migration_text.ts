import { STATISTICS_RENEWED } from "../model/comparison_text.ts";
import { formOf } from "../model/migration_form.ts";
import type { MigrationSummary, StepEvidence } from "../model/migration_summary.ts";
import { offeredRate } from "../model/offered_rate.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted, formatCount, formatMs, intervalText, listed, signedMs } from "../model/units.ts";
import { cacheText } from "../summary/migration/invalidations.ts";
import { atLeast, changeText } from "../summary/migration/change_text.ts";
import { declaredText } from "../summary/migration/declared.ts";
import { proofDoubts, proofSentences } from "../summary/migration/proof_sentences.ts";
import { OF_THE_BASELINE } from "../summary/migration/warnings.ts";
import { wentOver } from "../summary/migration/moved.ts";
import { whenText } from "../summary/migration/verdict.ts";
import { plansSentence } from "./plan_text.ts";
import { predictionText } from "./prediction_text.ts";
import { paragraph, singleLine } from "./safe_text.ts";
import { generatorText, headline, notes, runLine, sloText } from "./summary_parts.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/** Of a statement: the report has all of it. */
const SQL_COLUMNS = 60;

/** The end of a migration as a person reads it: whether users felt it, which lock did it, and whether a write was lost. */
export function migrationText(
  summary: RunSummary,
  migration: MigrationSummary,
  columns = widthOf().columns,
): string {
  return [
    headline(summary),
    whatText(summary, migration),
    impactTable(summary, migration, columns),
    stepTable(migration, columns),
    rewritesText(migration),
    paragraph(declaredText(migration.declared), "  "),
    predictionText(migration, columns),
    evidenceText(summary, migration),
    paragraph(cacheText(migration), "  "),
    plansText(migration),
    sloText(summary),
    notes({ ...summary, warnings: summary.warnings.filter(({ code }) => code !== OF_THE_BASELINE) }),
    generatorText(summary),
    runLine(summary),
  ].filter((part) => part !== "").join("\n\n");
}

function whatText({ run }: RunSummary, { migration, moved }: MigrationSummary): string {
  const { name, title, file, sweepMs } = migration;
  const where = whereText(migration, wentOver(moved), (run.environment.left ?? []).length > 0);
  const form = file === null || sweepMs !== undefined ? `, ${formOf(migration)}` : "";
  const what = `${singleLine(file ?? name)}${form}`;
  return `${what}: ${singleLine(title)}. Made ${where}.`;
}

/**
 * @param wentOver whether the clients of a move ever were at the new server
 * @param isLeft whether not all of a run could be taken back or dropped
 */
function whereText(
  { place, database, move }: MigrationSummary["migration"],
  wentOver: boolean,
  isLeft: boolean,
): string {
  const named = singleLine(database);
  if (move !== undefined) {
    const back = move.andBack ? ", and back" : "";
    return place === "clone"
      ? `on a clone of ${named}, from one embedded server to another${back}; ${
        isLeft ? "what is left of it the next deno task bench drops" : "both copies are dropped"
      }`
      : `with the tables of ${named} itself${back}; ${
        wentOver ? "their copy stays at the new server" : "clients never went over"
      }`;
  }
  return place === "clone"
    ? `on a clone of ${named}, which is ${isLeft ? "left: the next deno task bench drops it" : "dropped"}`
    : `in ${named} itself, where it stays`;
}

const IMPACT_COLUMNS: readonly TextColumn[] = [
  { title: "path", align: "left", heads: true },
  { title: "kind", align: "left", least: 6 },
  { title: "requests", align: "right", drop: 1 },
  { title: "p95 before", align: "right" },
  { title: "p95 during", align: "right" },
  { title: "change", align: "right", drop: 5 },
  { title: "95 % interval", align: "right", drop: 2 },
  { title: "p50", align: "right", drop: 3 },
  { title: "p99", align: "right", drop: 4 },
  { title: "max stall", align: "right" },
  { title: "errors", align: "right" },
];

function impactTable({ run }: RunSummary, { impacts }: MigrationSummary, columns: number): string {
  if (impacts.length === 0) return "No request reached the database.";
  const rows = impacts.map((impact, at) => [
    impacts[at - 1]?.path === impact.path ? "" : impact.path ?? "all paths",
    impact.kind === "all" ? "all" : `${impact.kind}s`,
    formatCount(impact.n.migrate),
    atLeast(impact.baseline["0.95"], formatMs),
    atLeast(impact.migrate["0.95"], formatMs),
    changeText(impact.change["0.95"]),
    intervalText(impact.change["0.95"]?.low ?? null, impact.change["0.95"]?.high ?? null, signedMs) || "—",
    changeText(impact.change["0.5"]),
    changeText(impact.change["0.99"]),
    formatMs(impact.stall?.ms ?? null),
    formatCount(impact.errors),
  ]);
  const limit = rows.some((row) => row.includes("at limit"))
    ? "; at limit: the time limit of requests, before and during"
    : "";
  return `Response time of requests that reach the database, at ${
    offeredRate(run.config)
  }, before the migration and ` +
    `while it ran (p50 and p99: the change${limit}):\n${formatTable(IMPACT_COLUMNS, rows, columns)}`;
}

const STEP_COLUMNS: readonly TextColumn[] = [
  { title: "statement", align: "left", columns: SQL_COLUMNS, least: 24, last: 16 },
  { title: "lock", align: "left", drop: 3 },
  { title: "waited", align: "right" },
  { title: "took", align: "right" },
  { title: "tries", align: "right", drop: 1 },
  { title: "held up", align: "right", drop: 2 },
  { title: "result", align: "left", least: 9 },
];

function stepTable({ steps }: MigrationSummary, columns: number): string {
  if (steps.length === 0) return "No statement of the migration ran.";
  const rows = steps.map((step) => [
    step.sql,
    // All of them are locks.
    step.lockMode?.replace(/Lock$/, "") ?? "—",
    us(step.lockWaitUs),
    step.endUs === null ? "—" : us(step.endUs - step.startUs),
    formatCount(step.batches ?? step.attempts),
    String(Math.max(0, ...step.locks.map(({ blocked }) => blocked))),
    resultOf(step),
  ]);
  return `Statements (waited: for their locks; held up: requests that waited behind them at one moment):\n${
    formatTable(STEP_COLUMNS, rows, columns)
  }`;
}

function resultOf({ endUs, errorCode, error }: StepEvidence): string {
  if (error !== null || errorCode !== null) return errorCode ?? "failed";
  return endUs === null ? "not ended" : "ok";
}

function us(value: number | null): string {
  return formatMs(value === null ? null : value / 1000);
}

function rewritesText({ steps }: MigrationSummary): string {
  const rewritten = [...new Set(steps.flatMap((step) => step.rewritten))];
  return rewritten.length === 0 ? "" : `Rewritten: ${singleLine(listed(rewritten))}.`;
}

/** A plan that changed need not be the change's doing. */
function renewed(plans: MigrationSummary["plans"]): string {
  return plans.some(({ changes }) => changes.length > 0) ? ` ${STATISTICS_RENEWED}` : "";
}

/** What the change made of the plans of the load's own questions. */
function plansText({ plans }: MigrationSummary): string {
  return plans.length === 0
    ? ""
    : paragraph(`Plans after the migration: ${plansSentence(plans)}${renewed(plans)}`, "  ");
}

/** The longest stall, waits, ledger and checksums, unless a reason says so already. */
function evidenceText({ reasons }: RunSummary, migration: MigrationSummary): string {
  const { stall, waitCount, waits } = migration;
  const lines = [
    ...stall === null || reasons.some((reason) => reason.includes(whenText(stall)))
      ? []
      : [`Longest stall: ${formatMs(stall.ms)}, ${whenText(stall)}.`],
    ...waitCount === 0
      ? []
      : [`${counted(waitCount, "wait")} for locks, the longest ${us(waits[0]!.waitedUs)}.`],
    ...proofSentences(migration),
    ...proofDoubts(migration),
  ];
  return lines.filter((line) => !reasons.includes(line)).map((line) => paragraph(line, "  ")).join("\n");
}
