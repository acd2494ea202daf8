import type { LoadStream } from "../load/scenario.ts";
import type { Run, RunConfig } from "../model/run.ts";
import type { BenchPlan } from "./bench_options.ts";
import type { LoadConfig } from "../summary/fingerprint.ts";
import { untilDecidedOf } from "./load_plan.ts";
import type { BenchRequest } from "./request.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** A run's record before its clock starts. @param streams fitted to the plan */
export function runRecord(system: SystemUnderTest, streams: readonly LoadStream[]): Run {
  const { runId, scenario, plan, environment, gitCommit, searchId = null } = system;
  return {
    runId,
    label: plan.label,
    kind: system.migrating === undefined ? "bench" : "migrate",
    scenario: scenario.name,
    startedAt: new Date(),
    endedAt: null,
    status: "running",
    verdict: null,
    seed: plan.seed,
    config: configOf(system, streams),
    environment,
    gitCommit,
    searchId,
  };
}

function configOf(system: SystemUnderTest, streams: readonly LoadStream[]): RunConfig {
  const { scenario, plan, arms, unavailableArms, migrating, series } = system;
  const untilDecided = untilDecidedOf(system);
  return {
    ...loadConfig({ scenario, plan }, streams, arms.map(({ name }) => name)),
    scenario: scenario.name,
    scenarioFile: scenario.givenPath,
    title: scenario.title,
    durationSeconds: migrating?.segmentSeconds ?? plan.duration,
    warmupSeconds: plan.warmup,
    blockSeconds: scenario.block,
    washoutSeconds: scenario.washout,
    inFlightCap: plan.inFlightCap,
    workers: plan.workers,
    unavailableArms,
    ...armFacts(plan),
    slo: plan.slo,
    thresholds: plan.thresholds,
    scale: plan.scale,
    ...migrating && { migration: migrating.config },
    ...series && { series },
    ...untilDecided && { untilDecided },
  };
}

/** The load of a plan, which decides what its run can be compared with. @param streams fitted to the plan */
export function loadConfig(
  { scenario, plan }: Pick<BenchRequest, "scenario" | "plan">,
  streams: readonly LoadStream[],
  arms: readonly string[],
) {
  return {
    loop: plan.loop,
    arrivals: plan.loop === "open" ? scenario.streams[0]!.arrivals : null,
    ratePerSecond: plan.loop === "open" ? plan.rate : null,
    streams: streams.map(({ name, arrivals, rate, stages, session, first, count }) => ({
      name,
      arrivals,
      ratePerSecond: rate,
      stages,
      session: session !== null,
      operations: scenario.operations.slice(first, first + count).map(({ name }) => name),
    })),
    concurrency: plan.loop === "closed" ? plan.concurrency : null,
    timeoutMs: scenario.timeout * 1000,
    connections: plan.connections,
    arms,
    operations: scenario.operations.map(({ name, weight, write = false }) => ({ name, weight, write })),
    settings: plan.settings,
    hitTarget: scenario.hitTarget,
  } satisfies LoadConfig;
}

/** What `--arm` and `--no-prove` say of a run's arms. */
export function armFacts({ arms }: Pick<BenchPlan, "arms">): Pick<RunConfig, "armFiles" | "unproven"> {
  const armFiles = arms.flatMap(({ name, file }) => file === null ? [] : [{ name, file }]);
  const unproven = arms.flatMap(({ name, proven }) => proven ? [] : [name]);
  return { ...armFiles.length > 0 && { armFiles }, ...unproven.length > 0 && { unproven } };
}
