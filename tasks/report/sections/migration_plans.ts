import { STATISTICS_RENEWED } from "../../model/comparison_text.ts";
import { migrationPlans, type TakenPlan } from "../../summary/migration/plans.ts";
import { changedPlans, type PlansChangedView, type PlanSides } from "./plans_changed.ts";
import type { Section } from "./section.ts";

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
    const compared = migrationPlans((rows["migration/plans"] ?? []) as readonly TakenPlan[]);
    return compared.length === 0 ? null : {
      ...changedPlans(compared, () => SIDES),
      taken:
        "Plans were taken before the load began and after it had ended, each as EXECUTE of a prepared statement. " +
        STATISTICS_RENEWED,
    };
  },
};
