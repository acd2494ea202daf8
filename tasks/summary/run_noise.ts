import { mixShares } from "../model/mix_shares.ts";
import type { RunNoise } from "../model/run_comparison.ts";
import { mean, variance } from "../stats/moments.ts";
import { listRuns, type Rows, type StoredRun } from "../store/runs.ts";
import { subjectsOf } from "./compare/subject.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { historyRuns } from "./history_runs.ts";
import { noiseBand, noiseFloor, type SubjectLevel } from "./noise_floor.ts";
import { type Cell, runLevels } from "./run_levels.ts";

/** More requests are not looked at for it: a report is to be there in seconds. */
const MOST_SLOTS = 1_000_000;
const ALL: Cell = { arm: null, operation: null, statistic: "p50" };

/** The noise of a stored bench, within itself and among the runs that it could be compared with. */
export async function runNoise(
  rows: Rows,
  { runId, scenario, config, environment }: StoredRun,
): Promise<RunNoise> {
  const { hash } = fingerprintOf({ scenario, config, environment });
  const runs = historyRuns(await listRuns(rows), { hash, mostSlots: MOST_SLOTS });
  const subjects = await subjectsOf(rows, runs);
  const { arms, timeoutMs } = config;
  const levels = await runLevels(rows, runs.map((run) => run.runId), {
    arms,
    mix: mixShares(config),
    timeoutMs,
  });
  const past = runs.flatMap((run): SubjectLevel[] => {
    const logs = levels.get(run.runId)!.of(ALL)?.logs;
    return logs === undefined ? [] : [{ log: mean(logs), subject: subjects.get(run.runId)! }];
  });
  const band = noiseBand(past);
  const own = levels.get(runId)?.of(ALL)?.logs ?? [];
  return {
    within: own.length < 3 ? null : Math.sqrt(variance(own)),
    runs: {
      from: band?.from ?? null,
      runs: band?.runs ?? 0,
      twoRuns: band === null ? null : noiseFloor(band),
    },
  };
}
