import { formOf } from "../model/migration_form.ts";
import type { MigrationSummary, StepEvidence } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted, formatCount, formatSeconds } from "../model/units.ts";

/** A run that migrates. */
export type Migrated = RunSummary & { readonly migration: MigrationSummary };

/** What tells it from other runs of the same change. */
export function nameOfRun({ migration: { migration } }: Migrated): string {
  return formOf(migration);
}

/** How long others may have waited because of a statement, µs. */
export function weight({ lockWaitUs, locks }: StepEvidence): number {
  return Math.max(lockWaitUs ?? 0, ...locks.map(({ blocked, heldUs }) => blocked > 0 ? heldUs : 0));
}

/**
 * The statements of all runs, each run's under its name. Where there is no room for all of them each run has as many lines,
 * and those that others waited for longest are shown, in their order.
 */
export function statementLines(runs: readonly Migrated[], most: number): string[] {
  const named = runs.length > 1 ? 1 : 0;
  const all = runs.reduce((sum, { migration: { steps } }) => sum + named + steps.length, 0);
  return runs.flatMap((run) => {
    const { steps } = run.migration;
    if (all <= most) return [...named === 1 ? [`-- ${nameOfRun(run)}`] : [], ...steps.map(statementLine)];
    // One line says how many are left out.
    const room = Math.max(1, Math.floor(most / runs.length) - 1);
    const kept = heaviest(steps, room);
    const left = steps.length - kept.length;
    const more = left === 0 ? [] : [`${formatCount(left)} more in the report`];
    return [`-- ${[...named === 1 ? [nameOfRun(run)] : [], ...more].join(": ")}`, ...kept.map(statementLine)];
  });
}

function heaviest(steps: readonly StepEvidence[], most: number): StepEvidence[] {
  const took = ({ startUs, endUs }: StepEvidence) => (endUs ?? Infinity) - startUs;
  const kept = new Set(
    steps.toSorted((a, b) => weight(b) - weight(a) || took(b) - took(a)).slice(0, most),
  );
  return steps.filter((step) => kept.has(step));
}

function statementLine(
  { sql, startUs, endUs, error, errorCode, attempts, batches, rewritten }: StepEvidence,
): string {
  const facts = [
    endUs === null ? "not ended" : formatSeconds((endUs - startUs) / 1e6),
    ...attempts > 1 && batches === null ? [counted(attempts, "try", "tries")] : [],
    ...batches === null ? [] : [counted(batches, "batch", "batches")],
    ...rewritten.length === 0 ? [] : [`rewrote ${rewritten.join(", ")}`],
    ...error === null && errorCode === null ? [] : [`failed: ${errorCode ?? ""} ${error ?? ""}`.trim()],
  ];
  return `${sql}; -- ${facts.join(", ")}`;
}
