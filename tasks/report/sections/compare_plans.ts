import { changedPlans, type PlansChangedView, type PlanSides } from "./plans_changed.ts";
import type { Compared } from "./compare_material.ts";
import type { Section } from "./section.ts";

const SIDES: PlanSides = {
  titles: ["Base", "Candidate"],
  only: ["the base's plan", "the candidate's"],
  same: "the same on both sides",
};

/** Plans of both sides, those that differ node by node. */
export const COMPARE_PLANS: Section<PlansChangedView, Compared> = {
  title: "Plans that changed",
  figures: [],
  template: "sections/plans_changed",
  view: ({ plans }) =>
    plans.length === 0 ? null : {
      // Both sides of a pair are the same arm, by which its title names it.
      ...changedPlans(plans, () => SIDES),
      taken: "Each run took its plans once before its measured blocks, as EXECUTE of a prepared statement.",
    },
};
