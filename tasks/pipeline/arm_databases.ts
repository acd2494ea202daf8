import type { PlannedArm } from "../model/arms.ts";
import { pathOf } from "../paths/registry.ts";

/** The databases of a run. May hold passwords. */
export interface RunDatabases {
  /** The run's own. */
  readonly databaseUrl: string;
  /** Clones of it, by the names of their arms. */
  readonly clones: ReadonlyMap<string, string>;
}

/** Which database an arm asks, by itself or through a service: one of its own, its clone, or the run's. */
export function databaseOf(
  { name, overrides }: Pick<PlannedArm, "name" | "overrides">,
  { databaseUrl, clones }: RunDatabases,
): string {
  return overrides.databaseUrl ?? clones.get(name) ?? databaseUrl;
}

/** Whether an arm asks a clone of its own: one that its file changes, or one with a tier. */
export function needsClone({ path, overrides }: Pick<PlannedArm, "path" | "overrides">): boolean {
  return overrides.change !== undefined || pathOf(path).tier !== undefined;
}
