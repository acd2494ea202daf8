import type { LoadPlan } from "../load/plan.ts";
import { withPauses } from "../load/pauses.ts";
import { fitStreams, peakRate } from "../load/rates.ts";
import type { LoadedScenario, LoadStream } from "../load/scenario.ts";
import { blockSchedule, type Schedule } from "../load/schedule.ts";
import { roundsOf } from "../model/rounds.ts";
import type { UntilDecided } from "../model/until_decided.ts";
import { looksOf } from "../summary/looks.ts";
import type { BenchPlan } from "./bench_options.ts";
import { slotLimit } from "./capacity.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Blocks of a system's arms in turn. @throws {UsageError} when the duration is too short for one round */
export function blocksOf(system: SystemUnderTest): Schedule {
  const { scenario, plan, arms } = system;
  const schedule = blockSchedule({
    arms: arms.map(({ name }) => name),
    seed: plan.seed,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
    blockSeconds: scenario.block,
    washoutSeconds: scenario.washout,
  });
  const { looks = [] } = untilDecidedOf(system) ?? {};
  return { ...schedule, phases: withPauses(schedule.phases, looks.slice(0, -1), pauseSeconds(system)) };
}

/** When a run ends because it knows; null: its length is fixed, or there is nothing to compare. */
export function untilDecidedOf({ scenario, plan, arms }: LookedAt): UntilDecided | null {
  const { untilDecided: margin, duration } = plan;
  if (margin === undefined || arms.length < 2) return null;
  const rounds = roundsOf({ arms: arms.length, durationSeconds: duration, blockSeconds: scenario.block });
  return { margin, looks: looksOf(rounds, duration) };
}

/** What decides about the looks at a run. */
export interface LookedAt {
  readonly scenario: Pick<LoadedScenario, "block">;
  readonly plan: Pick<BenchPlan, "duration" | "untilDecided">;
  /** Those that are to be had. */
  readonly arms: readonly { readonly name: string }[];
}

/** A look takes as long as it takes, and the pause for it is cut then; a machine that is slow has so much time for it. */
const PAUSE_SECONDS = 10;
/** Of the measured time, where that is more: of a long run there is more to look at. */
const PAUSE_SHARE = 0.005;

function pauseSeconds({ plan: { duration } }: LookedAt): number {
  return Math.max(PAUSE_SECONDS, PAUSE_SHARE * duration);
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
export function slotsBelow(system: SystemUnderTest, streams: readonly LoadStream[]): number {
  const { plan } = system;
  if (plan.loop === "closed") return Infinity;
  const pauses = (untilDecidedOf(system)?.looks.length ?? 0) * pauseSeconds(system);
  const longest = Math.max(
    ...streams.map((stream) => peakRate([stream]) * (stream.session === null ? 1 : stream.count)),
  );
  return Math.ceil(1.5 * longest * (plan.warmup + plan.duration + pauses) + 100) * streams.length;
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
