import { BenchbookError, ExitCode, UsageError } from "../model/errors.ts";
import type { FingerprintDifference } from "../model/fingerprint.ts";
import { hostFacts } from "../observe/host.ts";
import { resolveData } from "../seed/spec.ts";
import { openStore } from "../store/open.ts";
import { findRun, listRuns, type StoredRun } from "../store/runs.ts";
import { sideOf } from "../summary/compare/sides.ts";
import { differences, fingerprintOf } from "../summary/fingerprint.ts";
import { streamsOf } from "./load_plan.ts";
import type { BenchRequest } from "./request.ts";
import { loadConfig } from "./run_record.ts";

/**
 * Before a run that is to be compared with a stored one: that one, of this scenario.
 * @returns its id, as `latest` is another one afterwards
 * @throws {UsageError} where there is not
 * @throws {BenchbookError} where its numbers are not the system's, or the run would not be comparable with it
 */
export async function baseOf(request: Omit<BenchRequest, "given">, base: string): Promise<string> {
  const { db, scenario } = request;
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
  const stored = sideOf(all, base).runs.at(-1)!;
  const unlike = foreseen(request, stored);
  if (unlike.length > 0) {
    throw new BenchbookError(
      `Cannot compare with ${base}: this run would not be comparable with ${stored.runId}: ${
        unlike.map(differenceText).join("; ")
      }`,
      ExitCode.invalid,
      "Nothing was measured. Measure as the stored run was, or without --against: " +
        "deno task compare --ignore-fingerprint compares nevertheless.",
    );
  }
  return runId;
}

/**
 * In what a run will differ from a stored one, as far as it is known before it is made: its load, the data that are asked
 * for, and this machine. Servers and the data's content are compared afterwards.
 */
function foreseen({ scenario, plan, data }: Omit<BenchRequest, "given">, stored: StoredRun) {
  const { config: { unavailableArms }, environment } = stored;
  const arms = plan.arms.map(({ name }) => name).filter((name) =>
    // What was not to be had then may not be to be had now.
    unavailableArms.every(({ arm }) => arm !== name)
  );
  const dataset = data === null
    ? environment.dataset
    : { ...environment.dataset, name: data.dataset, scale: data.scale, seed: data.seed, ...settled(data) };
  return differences(
    fingerprintOf(stored),
    fingerprintOf({
      scenario: scenario.name,
      config: loadConfig({ scenario, plan }, streamsOf({ scenario, plan }), arms),
      environment: { ...environment, ...hostFacts(), dataset },
    }),
  );
}

function settled(data: NonNullable<BenchRequest["data"]>): { readonly variation: string } {
  const { variation } = resolveData(data);
  return { variation };
}

function differenceText({ name, base, candidate }: FingerprintDifference): string {
  return `${name} ${candidate || "none"} (stored: ${base || "none"})`;
}
