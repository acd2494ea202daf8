import { UsageError } from "../model/errors.ts";
import { openStore } from "../store/open.ts";
import { findRun, listRuns } from "../store/runs.ts";
import { sideOf } from "../summary/compare/sides.ts";
import type { Job } from "./job.ts";

/**
 * Before a run that is to be compared with a stored one: that one, of this scenario.
 * @returns its id, as `latest` is another one afterwards
 * @throws {UsageError} where there is not
 * @throws {BenchbookError} where its numbers are not the system's
 */
export async function baseOf({ db, scenario }: Pick<Job, "db" | "scenario">, base: string): Promise<string> {
  using store = await openStore(db, { mode: "read" });
  const all = await listRuns(store);
  const { runId, scenario: other } = findRun(all, base);
  if (other !== scenario.name) {
    throw new UsageError(
      `Cannot compare a run of ${scenario.name} with ${base}: ${runId} is a run of ${other}`,
      "Nothing was measured. Name a run of the same scenario: deno task runs lists them.",
    );
  }
  // Whether its numbers count depends on how busy the machine was, and is no matter where it is another scenario's.
  sideOf(all, base);
  return runId;
}
