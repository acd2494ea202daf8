import { join } from "node:path";
import { planBlocks } from "../load/blocks.ts";
import { fitStreams, peakRate } from "../load/rates.ts";
import { runLoad } from "../load/run_load.ts";
import type { LoadStream } from "../load/scenario.ts";
import type { Run, RunConfig, RunStatus, Sample } from "../model/run.ts";
import { formatCount } from "../model/units.ts";
import { startSampler } from "../observe/sampler.ts";
import { self } from "../stack/process.ts";
import { createSpool, keepRun, spoolRoot } from "../store/spool.ts";
import { liveLine, liveLines } from "../terminal/live_text.ts";
import { undoing } from "../undo/undoing.ts";
import { watchTargets } from "./abort_on_fail.ts";
import { slotLimit } from "./capacity.ts";
import { rateWarning, readCalibration } from "./calibrate.ts";
import { watchDisk } from "./disk_watch.ts";
import type { Job } from "./job.ts";
import { atFullSpeed, RunLimits } from "./run_limits.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import { watchServices } from "./watch.ts";

/** After a service died, so long: the failures it causes are evidence too. */
const AFTER_DEATH_MS = 1000;

/** How a run over a system ended. */
export interface Outcome {
  readonly spoolDir: string;
  readonly status: Exclude<RunStatus, "running">;
  /** Why the run crashed, as a sentence; null when it did not. */
  readonly crash: string | null;
  /** What is not as it was before the run, a sentence each, and what mends it. */
  readonly left: readonly string[];
}

/** A job after its run; of the system nothing is kept. */
export type Measured = Job & Outcome;

/**
 * Makes the load, samples the servers on the same clock, and leaves everything in the run's spool. Takes the run's
 * writes back, outside of every measured phase, so that the next run finds the same data.
 */
export async function measure(system: SystemUnderTest): Promise<Outcome> {
  const { config, scenario, plan, runId } = system;
  const streams = fitStreams(scenario.streams, {
    factor: plan.rate / scenario.rate,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
  });
  const dir = join(spoolRoot(config.home), runId);
  const { value: { run, ...made }, left, remarks } = await undoing({
    ...system.writing,
    scenario,
    spool: { runId, dir },
    load: { seed: plan.seed, loop: plan.loop, streams, operations: scenario.operations },
    mix: system.mix,
    slots: plan.loop === "open" ? mostSlots(streams, plan.warmup + plan.duration) : Infinity,
    proofSlots: [],
  }, () => makeLoad(system, streams));
  const unavailable = [...run.environment.unavailable, ...remarks];
  keepRun(dir, { ...run, environment: { ...run.environment, unavailable, left } });
  return { ...made, spoolDir: dir, left };
}

/** Slots have numbers below this, unless arrivals cluster beyond all likelihood. */
function mostSlots(streams: readonly LoadStream[], seconds: number): number {
  const longest = Math.max(
    ...streams.map((stream) => peakRate([stream]) * (stream.session === null ? 1 : stream.count)),
  );
  return Math.ceil(1.5 * longest * seconds + 100) * streams.length;
}

/** What a load was, and how it ended. */
type Made = Pick<Outcome, "status" | "crash"> & { readonly run: Run };

async function makeLoad(system: SystemUnderTest, streams: readonly LoadStream[]): Promise<Made> {
  const { config, scenario, plan, stack, databaseUrl, terminal, signal, lost, runId, told } = system;
  const runConfig = configOf(system, streams);
  const run: Run = {
    runId,
    label: plan.label,
    kind: "bench",
    scenario: scenario.name,
    startedAt: new Date(),
    endedAt: null,
    status: "running",
    verdict: null,
    seed: plan.seed,
    config: runConfig,
    environment: system.environment,
    gitCommit: system.gitCommit,
    searchId: system.searchId ?? null,
  };
  const phases = planBlocks({
    arms: runConfig.arms,
    seed: plan.seed,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
    blockSeconds: scenario.block,
    washoutSeconds: scenario.washout,
  });
  const spool = createSpool(config.home, run, self());
  spool.operations(system.operations);
  spool.plans(system.plans);
  const ending = new AbortController();
  const relay = () => ending.abort();
  signal.addEventListener("abort", relay);
  lost.addEventListener("abort", relay);
  const watch = await watchServices({
    databases: { [stack.postgres.name]: databaseUrl },
    pids: stack.pids,
    onDeath: () => setTimeout(relay, AFTER_DEATH_MS),
  });
  const { db } = system;
  const disk = watchDisk({ spool: spool.dir, db }, relay);
  const places = { home: config.home, db };
  const limits = new RunLimits(scenario, plan, places, relay);
  let sampler: ReturnType<typeof startSampler> | undefined;
  let unwritable: unknown;
  let missed: string | null = null;
  const targets = plan.abortOnFail
    ? watchTargets(runConfig, phases, system.operations, scenario.scopes)
    : null;
  let started = run;
  // A disk that is full must end the run in order, not tear a sampler apart.
  const keep = (samples: readonly Sample[]) => {
    try {
      spool.samples(samples);
    } catch (error) {
      unwritable ??= error;
      relay();
    }
  };
  try {
    if (signal.aborted || lost.aborted) relay();
    const calibration = readCalibration(config.home);
    const tooFast = rateWarning(calibration, {
      ratePerSecond: plan.loop === "open" ? peakRate(streams) : null,
      workers: plan.workers,
    });
    const warnings = [
      told.has("rate") ? null : tooFast,
      atFullSpeed(calibration, scenario, plan, places),
    ];
    if (tooFast !== null) told.add("rate");
    for (const warning of warnings) if (warning !== null) terminal.print(`! ${warning}`);
    const result = await terminal.step("Measure", async (progress) => {
      const done = await runLoad({
        plan: {
          seed: plan.seed,
          loop: plan.loop === "open" ? { kind: "open" } : { kind: "closed", clients: plan.concurrency },
          streams,
          phases,
          arms: system.arms,
          operations: scenario.operations,
          ownKeys: scenario.ownTables?.keys,
          dataset: scenario.datasetName === null
            ? null
            : { name: scenario.datasetName, counts: system.dataset.counts },
          sources: system.sources,
          retry: scenario.retry === undefined
            ? null
            : { attempts: scenario.retry.attempts, backoffMs: scenario.retry.backoff * 1000 },
          connections: plan.connections,
          inFlightCap: runConfig.inFlightCap,
          timeoutMs: runConfig.timeoutMs,
          workers: plan.workers,
          spoolDir: spool.dir,
          mostSlots: slotLimit(scenario),
          threadMigration: config.threadMigration,
          tellEnded: targets !== null,
        },
        signal: ending.signal,
        onStart(nowUs, startedAt) {
          started = { ...run, startedAt };
          spool.run(started);
          // Written now, so that rows of a killed run still have their phases.
          spool.phases(phases);
          sampler = startSampler({
            url: databaseUrl,
            redisUrl: stack.redis.available ? stack.redis.url : undefined,
            nowUs,
            pids: { ...stack.pids(), benchbook: Deno.pid },
            emit: keep,
          });
        },
        onProgress: (counts, elapsedUs, figures) => {
          const ahead = limits.look(counts.due, elapsedUs);
          if (ahead !== null) progress.note(ahead);
          progress((terminal.live ? liveLines : liveLine)({ elapsedUs, phases, counts, figures }));
        },
        onSamples: keep,
        onEnded: (rows, untilUs) => {
          missed ??= targets!.advance(rows, untilUs);
          if (missed !== null) relay();
        },
      });
      const { ok, failed, timeout, shed } = done.progress;
      const troubles = [[failed, "failed"], [timeout, "timed out"], [shed, "shed"]] as const;
      const bad = troubles.filter(([n]) => n > 0).map(([n, what]) => `, ${formatCount(n)} ${what}`).join("");
      return {
        value: done,
        detail: `${formatCount(done.progress.due)} requests, ${formatCount(ok)} ok${bad}`,
      };
    });
    if (!signal.aborted) await watch.look();
    const observed = await sampler?.stop();
    const unavailable = [...run.environment.unavailable, ...result.notes, ...observed?.unavailable ?? []];
    started = { ...started, environment: { ...run.environment, unavailable } };
    spool.run(started);
    if (unwritable !== undefined) throw unwritable;
    // A run that ends because a target is missed has done what it was asked for.
    const interrupted = result.interrupted && missed === null;
    const crash = watch.dead ?? disk.full ?? limits.reached ??
      (lost.aborted ? (lost.reason as Error).message : null);
    const status = crash !== null ? "crashed" : interrupted ? "interrupted" : "complete";
    if (missed !== null) terminal.print(`Ended early: ${missed}.`);
    spool.phases(result.phases);
    const endUs = result.phases.at(-1)?.endUs ?? 0;
    spool.phases(phases.slice(result.phases.length).map((phase) => ({ ...phase, startUs: endUs, endUs })));
    spool.end({ status, endedAt: new Date() });
    return { run: started, status, crash };
  } finally {
    signal.removeEventListener("abort", relay);
    lost.removeEventListener("abort", relay);
    disk.stop();
    await watch.stop();
    await sampler?.stop();
    spool.close();
  }
}

function configOf(
  { scenario, plan, arms, unavailableArms }: SystemUnderTest,
  streams: readonly LoadStream[],
): RunConfig {
  return {
    scenario: scenario.name,
    scenarioFile: scenario.asked,
    title: scenario.title,
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
    durationSeconds: plan.duration,
    warmupSeconds: plan.warmup,
    blockSeconds: scenario.block,
    washoutSeconds: scenario.washout,
    timeoutMs: scenario.timeout * 1000,
    inFlightCap: plan.inFlightCap,
    workers: plan.workers,
    connections: plan.connections,
    arms: arms.map(({ name }) => name),
    unavailableArms,
    operations: scenario.operations.map(({ name, weight, write = false }) => ({ name, weight, write })),
    slo: plan.slo,
    settings: plan.settings,
    hitTarget: scenario.hitTarget,
    thresholds: plan.thresholds,
    scale: plan.scale,
  };
}
