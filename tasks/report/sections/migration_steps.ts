import type { Move, StepPlan } from "../../model/migration.ts";
import type { MigrationSummary, StepEvidence } from "../../model/migration_summary.ts";
import { capital, counted, formatCount, formatMs, formatSeconds, listed } from "../../model/units.ts";
import { declaredText } from "../../summary/migration/declared.ts";
import type { Section } from "./section.ts";

/** A row of queries/analysis/migration/group.sql; `steps` are those of the run's configuration, as JSON. */
export interface GroupRow {
  readonly runId: string;
  readonly variant: string;
  readonly verdict: string | null;
  readonly steps: string;
}

interface StepView {
  readonly title: string;
  readonly about: string;
  readonly risk: string | null;
  readonly fix: string | null;
  readonly move: string;
  readonly statements: readonly {
    readonly sql: string;
    /** What became of it, as sentences. */
    readonly facts: readonly string[];
    /** What PostgreSQL said; null: it succeeded. */
    readonly error: string | null;
  }[];
}

interface StepsView {
  readonly beside: readonly string[];
  /** What the steps declare that they show, and whether they did; empty where they declare nothing. */
  readonly declared: string;
  readonly steps: readonly StepView[];
  /** The same change made so that nobody waits; null where this is it, or there is none. */
  readonly safe: { readonly runId: string; readonly steps: readonly StepView[] } | null;
  /** How to see the safe form, where there is one and it was not run; null elsewhere. */
  readonly toRun: string | null;
}

/** Each file of the change: what it does, what may go wrong, and what did. */
export const STEPS: Section<StepsView> = {
  of: "migrate",
  title: "Step by step",
  figures: [],
  query: "migration/group",
  template: "sections/migration_steps",
  view({ summary: { migration }, rows }) {
    if (migration === undefined) return null;
    const { steps, beside, variant, name } = migration.migration;
    const group = (rows["migration/group"] ?? []) as readonly GroupRow[];
    const safe = variant === "naive" ? group.find((row) => row.variant === "safe") : undefined;
    return {
      beside: beside.map(({ file, about, holdSeconds }) =>
        `Beside it a transaction was open for ${formatSeconds(holdSeconds)} (${file}).${
          about === "" ? "" : ` ${about}`
        }`
      ),
      declared: declaredText(migration.declared),
      steps: steps.map((plan) => stepView(plan, migration)),
      safe: safe === undefined ? null : {
        runId: safe.runId,
        steps: (JSON.parse(safe.steps) as StepPlan[]).map((plan) => stepView(plan, null)),
      },
      toRun: variant === "naive" && safe === undefined ? `deno task migrate ${name} --variant safe` : null,
    };
  },
};

/** @param migration null: what became of it is told elsewhere */
function stepView(
  { step, file, about, risk, fix, move, statements }: StepPlan,
  migration: MigrationSummary | null,
): StepView {
  return {
    title: `${step}. ${file}`,
    about,
    risk: risk === null ? null : capital(risk),
    fix: fix === null ? null : capital(fix),
    move: moveText(move, statements.length),
    statements: statements.map(({ shown }, index) => {
      const ran = migration?.steps.find((each) => each.step === step && each.statement === index + 1);
      return {
        sql: shown,
        facts: migration === null ? [] : ran === undefined ? ["Not reached."] : factsOf(ran, migration),
        error: ran?.errorCode === undefined || ran.errorCode === null
          ? null
          : `${ran.errorCode}: ${ran.error ?? ""}`,
      };
    }),
  };
}

/** How its statements are run, as a sentence; empty where that goes without saying. */
function moveText(move: Move, statements: number): string {
  const together = "oneTransaction" in move && move.oneTransaction && statements > 1
    ? " all in one transaction"
    : "";
  switch (move.kind) {
    case "plain":
      return together === "" ? "" : `Run${together}.`;
    case "lock_timeout":
      return `Run${together} under lock_timeout, and tried again when that runs out.`;
    case "concurrently":
      return `Run concurrently; an invalid ${move.index} that it leaves where it fails is removed.`;
    case "batches":
      return `Run for one range of ${move.table}.${move.key} after another, each a transaction, as fast as the users' ` +
        "response time allows.";
  }
}

function factsOf(ran: StepEvidence, { migration: { lockTimeoutMs } }: MigrationSummary): string[] {
  const { startUs, endUs, lockMode, lockWaitUs, attempts, batches, rows, pausedUs, rewritten, move } = ran;
  const waited = lockWaitUs !== null && lockWaitUs > 0
    ? ` ${formatMs(lockWaitUs / 1000)} of that waiting for locks`
    : " without waiting for a lock";
  return [
    endUs === null
      ? `Begun at ${formatSeconds(startUs / 1e6)}, and never ended.`
      : `Took ${formatMs((endUs - startUs) / 1000)} from ${formatSeconds(startUs / 1e6)} on,${waited}.`,
    ...lockMode === null ? [] : [`Its strongest lock was ${lockMode}.`],
    ...move === "lock_timeout"
      ? [`${counted(attempts, "attempt")} with a lock_timeout of ${formatMs(lockTimeoutMs)}.`]
      : [],
    ...batches === null ? [] : [`${counted(batches, "batch", "batches")}, ${pausesText(pausedUs ?? 0)}.`],
    ...rows === null || rows === 0 ? [] : [`${formatCount(rows)} rows were changed.`],
    ...rewritten.length === 0 ? [] : [`It wrote ${listed(rewritten)} anew.`],
  ];
}

function pausesText(pausedUs: number): string {
  return pausedUs === 0
    ? "one right after another"
    : `with ${formatMs(pausedUs / 1000)} of pauses between them`;
}
