import type { Environment } from "../model/run.ts";
import { formatCount } from "../model/units.ts";

/** What was measured on, for the list of what a run's numbers rest on. */
export function datasetText({ name, scale, seed, variation, rows }: Environment["dataset"]): string {
  // Nobody has counted them, nor drawn them from a seed.
  if (scale === "own") {
    return `${name}, tables of its own: about ${formatCount(rows)} rows, as the server estimates`;
  }
  return `${name} ${scale}, seed ${seed}, ${formatCount(rows)} rows${variation ? ` (${variation})` : ""}`;
}
