import type { PlannedArm } from "../model/arms.ts";
import type { Need } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";

/** What tells which services an arm needs. */
export type NeedingArm = Pick<PlannedArm, "path"> & Partial<Pick<PlannedArm, "overrides">>;

/** Services of the run's that arms need: those that an arm brings are not among them. */
export function needsOf(arms: readonly NeedingArm[]): Record<Need, boolean> {
  const needs = new Set(arms.flatMap(neededOf));
  return { redis: needs.has("redis"), graphql: needs.has("graphql") };
}

/** Those that one arm needs. */
export function neededOf({ path, overrides }: NeedingArm): Need[] {
  return pathOf(path).needs.filter((need) => overrides?.[`${need}Url`] === undefined);
}
