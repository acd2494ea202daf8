import type { ArmRecord } from "../model/run.ts";
import type { Summary } from "../model/summary.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { diffPlans, type PlanDiff } from "./plan_diff.ts";
import { type ExplainedPlan, readPlan } from "./plan_tree.ts";

/** A row of queries/analysis/plans.sql; `plan` is what EXPLAIN (ANALYZE, FORMAT JSON) gave, or its JSON text. */
export interface PlanRow {
  readonly operation: string;
  readonly arm: string;
  readonly plan: unknown;
}

/** The plans of one operation for the baseline and for a candidate. */
export interface ComparedPlans {
  readonly operation: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly before: ExplainedPlan;
  readonly after: ExplainedPlan;
  readonly diff: PlanDiff;
}

/** What is to be compared: where two arms ask in languages of their own, one of them has no plan. */
export function comparePlans(arms: readonly ArmRecord[], rows: readonly PlanRow[]): ComparedPlans[] {
  const baseline = arms.find(({ role }) => role === "baseline")?.name;
  const plans = rows.flatMap(({ plan, ...row }) => {
    const explained = readPlan(plan);
    return explained === null ? [] : [{ ...row, explained }];
  });
  return plans.flatMap(({ operation, arm: candidate, explained: after }) => {
    if (candidate === baseline) return [];
    const known = plans.find((row) => row.arm === baseline && row.operation === operation);
    if (known === undefined) return [];
    const { arm, explained: before } = known;
    return [{ operation, baseline: arm, candidate, before, after, diff: diffPlans(before, after) }];
  });
}

/** Says of each operation of a candidate in what its plan differs from the baseline's, where both have one. */
export async function withPlanChanges(
  operations: readonly Summary[],
  arms: readonly ArmRecord[],
  source: Rows,
  runId: string,
): Promise<Summary[]> {
  const compared = comparePlans(arms, await source.rows<PlanRow>(query("plans"), { run: runId }));
  return operations.map((row) => {
    const own = compared.find(({ operation, candidate }) =>
      operation === row.operation && candidate === row.arm
    );
    return own === undefined ? row : { ...row, planChanges: own.diff.changes };
  });
}
