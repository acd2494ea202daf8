import { comparePlans, type PlanRow } from "../../summary/plan_changes.ts";
import { changedPlans, type PlansChangedView, type PlanSides } from "./plans_changed.ts";
import type { Section } from "./section.ts";

/** A row of queries/analysis/migration/plans.sql. */
type TakenPlan = Omit<PlanRow, "arm"> & { readonly moment: "before" | "after" };

const SIDES: PlanSides = {
  titles: ["Before the migration", "After it"],
  only: ["the plan before it", "the plan after it"],
  same: "the same after the migration as before it",
};

/** What the change made of the load's own plans. */
export const MIGRATION_PLANS: Section<PlansChangedView> = {
  of: "migrate",
  title: "Plans that changed",
  figures: [],
  query: "migration/plans",
  template: "sections/plans_changed",
  view({ rows }) {
    const taken = (rows["migration/plans"] ?? []) as readonly TakenPlan[];
    const plans = taken.map(({ operation, moment, plan }) => ({ operation, arm: moment, plan }));
    const moments = (["before", "after"] as const).map((name, armId) => ({
      armId,
      name,
      path: "sql",
      role: name === "before" ? "baseline" as const : "candidate" as const,
      overrides: {},
    }));
    const compared = comparePlans(moments, plans);
    return compared.length === 0 ? null : {
      ...changedPlans(compared, () => SIDES),
      taken:
        "Plans were taken before the load began and after it had ended, each as EXECUTE of a prepared statement.",
    };
  },
};
