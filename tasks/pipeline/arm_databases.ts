import type { PlannedArm } from "../model/arms.ts";

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
