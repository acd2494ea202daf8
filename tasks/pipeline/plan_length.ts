import { BenchbookError, ExitCode, UsageError } from "../model/errors.ts";
import { mixShares } from "../model/mix_shares.ts";
import { LONGEST_PLAN_SECONDS, plannedText, plannedTime } from "../model/planned_text.ts";
import type { PlannedLength } from "../model/planned_text.ts";
import { openRun } from "../store/read.ts";
import { gapsWereDrawn, groupQuantiles } from "../summary/block_pairs.ts";
import { pairRatios } from "../summary/pair_ratios.ts";
import { longestOf, plannedLengths } from "../summary/planned_length.ts";
import { refuseTooMuch, refuseWithoutRoom } from "./capacity.ts";
import type { Job } from "./job.ts";
import { newRunId } from "./run_id.ts";
import type { Summarised } from "./store_run.ts";

/**
 * The job of a run that is long enough to show a change, by the noise of a pilot run; says how long that is, and why.
 * @param change as a share: 0.05 is 5 %
 * @throws {UsageError} where it would take longer than a day, or the pilot was too short to tell
 * @throws {BenchbookError} where the pilot's numbers are not the system's
 */
export async function plannedJob(job: Job, pilot: Summarised, change: number): Promise<Job> {
  const { terminal, plan, scenario, config, db } = job;
  const planned = await lengthsBy(pilot, change);
  const text = plannedText(planned, 1 + change);
  const seconds = longestOf(planned);
  if (seconds === null || seconds > LONGEST_PLAN_SECONDS) {
    throw new UsageError(
      seconds === null
        ? "Cannot plan the run, as the pilot must have measured enough to tell the noise: it has not"
        : `Cannot plan the run, as it must take a day at most: it would take ${plannedTime(seconds)}`,
      text,
    );
  }
  terminal.print(`\n${text}\n`);
  const longer = { ...plan, duration: Math.max(Math.ceil(seconds), 1) };
  refuseTooMuch(scenario, longer);
  refuseWithoutRoom(scenario, longer, config, db);
  return { ...job, runId: newRunId(new Date()), startedAt: new Date(), plan: longer };
}

/** Of all candidates, each against the baseline. */
async function lengthsBy({ runId, db, summary }: Summarised, change: number): Promise<PlannedLength[]> {
  const { run, validity } = summary;
  if (run.status !== "complete" || !validity.valid) {
    throw new BenchbookError(
      `Cannot plan the run, as its pilot must be valid: ${runId} ${
        validity.valid ? "was not finished" : "is INVALID"
      }`,
      ExitCode.invalid,
      "Measure when the machine is quieter, or with a lower --rate.",
    );
  }
  const { config } = run;
  const names = config.operations.map(({ name }) => name);
  const groups = await groupQuantiles(
    await openRun(runId, { db }),
    runId,
    config.arms,
    names,
    { adjust: gapsWereDrawn(config) },
  );
  const [first] = summary.comparisons;
  const mix = mixShares(config);
  return config.arms.filter((arm) => arm !== first?.baseline && first !== undefined).flatMap((candidate) =>
    plannedLengths(pairRatios(groups, mix, first!.baseline, candidate), {
      ratio: 1 + change,
      seconds: config.durationSeconds,
    })
  );
}
