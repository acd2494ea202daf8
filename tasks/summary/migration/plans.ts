import type { MigrationSummary } from "../../model/migration_summary.ts";
import { MIGRATION_SEGMENTS } from "../../model/phases.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { type ComparedPlans, comparePlans, type PlanRow } from "../plan_changes.ts";

/** A row of queries/analysis/migration/plans.sql. */
export type TakenPlan = Omit<PlanRow, "arm"> & { readonly moment: "before" | "after" };

/** The plans of the load's questions before the change beside those after it, of questions that have both. */
export function migrationPlans(taken: readonly TakenPlan[]): ComparedPlans[] {
  const plans = taken.map(({ operation, moment, plan }) => ({ operation, arm: moment, plan }));
  const moments = (["before", "after"] as const).map((name, armId) => ({
    armId,
    name,
    path: "sql",
    role: name === "before" ? "baseline" as const : "candidate" as const,
    overrides: {},
  }));
  return comparePlans(moments, plans);
}

/** What changed in each of them. */
export async function readPlanChanges(rows: Rows, run: string): Promise<MigrationSummary["plans"]> {
  const taken = await rows.rows<TakenPlan>(query("migration/plans"), {
    run,
    changing: MIGRATION_SEGMENTS.migrate,
  });
  return migrationPlans(taken).map(({ operation, diff }) => ({ operation, changes: diff.changes }));
}
