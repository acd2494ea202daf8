import type { LoadPlan } from "../load/plan.ts";
import { fitStreams, peakRate } from "../load/rates.ts";
import type { LoadStream } from "../load/scenario.ts";
import { blockSchedule, type Schedule } from "../load/schedule.ts";
import { slotLimit } from "./capacity.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Blocks of a system's arms in turn. @throws {UsageError} when the duration is too short for one round */
export function blocksOf({ scenario, plan, arms }: SystemUnderTest): Schedule {
  return blockSchedule({
    arms: arms.map(({ name }) => name),
    seed: plan.seed,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
    blockSeconds: scenario.block,
    washoutSeconds: scenario.washout,
  });
}

/** The streams of a scenario at the rate and over the time of a plan. */
export function streamsOf({ scenario, plan }: Pick<SystemUnderTest, "scenario" | "plan">): LoadStream[] {
  return fitStreams(scenario.streams, {
    factor: plan.rate / scenario.rate,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
  });
}

/** Slots of a run have numbers below this, unless arrivals cluster beyond all likelihood. */
export function slotsBelow({ plan }: SystemUnderTest, streams: readonly LoadStream[]): number {
  if (plan.loop === "closed") return Infinity;
  const longest = Math.max(
    ...streams.map((stream) => peakRate([stream]) * (stream.session === null ? 1 : stream.count)),
  );
  return Math.ceil(1.5 * longest * (plan.warmup + plan.duration) + 100) * streams.length;
}

/** What the generators are told. */
export function loadPlan(
  system: SystemUnderTest,
  { phases }: Schedule,
  streams: readonly LoadStream[],
  spoolDir: string,
): LoadPlan {
  const { config, scenario, plan, arms, dataset, sources } = system;
  const { datasetName, retry } = scenario;
  return {
    seed: plan.seed,
    loop: plan.loop === "open" ? { kind: "open" } : { kind: "closed", clients: plan.concurrency },
    streams,
    phases,
    arms,
    operations: scenario.operations,
    ownKeys: scenario.ownTables?.keys,
    dataset: datasetName === null ? null : { name: datasetName, counts: dataset.counts },
    sources,
    retry: retry === undefined ? null : { attempts: retry.attempts, backoffMs: retry.backoff * 1000 },
    connections: plan.connections,
    inFlightCap: plan.inFlightCap,
    timeoutMs: scenario.timeout * 1000,
    workers: plan.workers,
    spoolDir,
    slotLimit: slotLimit(scenario),
    threadMigration: config.threadMigration,
  };
}
