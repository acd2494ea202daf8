import type { RunComparison } from "../../model/run_comparison.ts";
import type { ComparedPlans } from "../../summary/plan_changes.ts";

/** What the page of a comparison is made from. */
export interface Compared {
  readonly comparison: RunComparison;
  /** The plans of both sides, those that are the same included. */
  readonly plans: readonly ComparedPlans[];
}
