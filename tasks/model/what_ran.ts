import type { Run, RunConfig } from "./run.ts";

/** What a run was about, for a list: its scenario, or the change that it made. */
export function whatRan(
  { scenario, kind, config }: Pick<Run, "scenario"> & {
    readonly kind?: string;
    readonly config?: Partial<RunConfig>;
  },
): string {
  const { migration } = config ?? {};
  if (kind !== "migrate" || migration === undefined) return scenario;
  return `${migration.name} (migrate${migration.variant === "own" ? "" : `, ${migration.variant}`})`;
}
