import { formOf } from "./migration_form.ts";
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
  const form = formOf(migration);
  return `${migration.name} (migrate${form === "own" ? "" : `, ${form}`})`;
}
