import type { Environment } from "../model/run.ts";
import { counted } from "../model/units.ts";

/** What was measured on, for the list of what a run's numbers rest on. */
export function datasetText({ name, scale, seed, variation, rows }: Environment["dataset"]): string {
  // Nobody has counted them, nor drawn them from a seed.
  if (scale === "own") {
    return `${name}, tables of its own: about ${counted(rows, "row")}, as the server estimates`;
  }
  return `${name} ${scale}, seed ${seed}, ${counted(rows, "row")}${variation ? ` (${variation})` : ""}`;
}
