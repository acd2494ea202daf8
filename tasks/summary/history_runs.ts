import type { StoredRun } from "../store/runs.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** So many runs at most tell how much runs differ. */
const MOST_RUNS = 40;

/**
 * Runs that tell how much runs differ on one machine, data set and load: benches that ended in order and are valid, the
 * newest that there is room for, in order of time.
 * @param all newest first
 * @param options.hash of the fingerprint that they share
 * @param options.mostSlots of all of them together
 */
export function historyRuns(
  all: readonly StoredRun[],
  { hash, mostSlots }: { readonly hash: string; readonly mostSlots: number },
): StoredRun[] {
  let slots = 0;
  return all.filter((run) =>
    run.kind === "bench" && (run.searchId ?? null) === null && faultOf(run) === null &&
    run.config.migration === undefined && run.config.probe === undefined && fingerprintOf(run).hash === hash
  ).slice(0, MOST_RUNS).filter((run) => (slots += run.slots) <= mostSlots).reverse();
}

/** Why the numbers of a run are not compared with others; null: they are. */
export function faultOf({ status, verdict, slots }: StoredRun): string | null {
  if (status === "running") return "it has not ended";
  if (status !== "complete") return `it was ${status === "crashed" ? "cut short by a failure" : status}`;
  if (verdict === "invalid") return "it is INVALID, the load generator shaped its numbers";
  return slots === 0 ? "it has no requests" : null;
}
