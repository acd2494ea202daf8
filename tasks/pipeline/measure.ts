import { join } from "node:path";
import type { Config } from "../config.ts";
import { planBlocks } from "../load/blocks.ts";
import type { Mix } from "../load/mix.ts";
import type { LoadPlan } from "../load/plan.ts";
import { fitStreams, peakRate } from "../load/rates.ts";
import { runLoad } from "../load/run_load.ts";
import type { LoadedScenario, LoadStream } from "../load/scenario.ts";
import type { Environment, Plan, Run, RunConfig, RunStatus, Sample } from "../model/run.ts";
import { formatCount } from "../model/units.ts";
import { startSampler } from "../observe/sampler.ts";
import { self } from "../stack/process.ts";
import { createSpool, keepRun, spoolRoot } from "../store/spool.ts";
import { liveLine, liveLines } from "../terminal/live_text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { undoing, type Writing } from "../undo/undoing.ts";
import { watchTargets } from "./abort_on_fail.ts";
import type { BenchPlan } from "./bench_options.ts";
import { slotLimit } from "./capacity.ts";
import type { Ground } from "./prepare.ts";
import { rateWarning, readCalibration } from "./calibrate.ts";
import { watchDisk } from "./disk_watch.ts";
import { atFullSpeed, RunLimits } from "./run_limits.ts";
import { watchServices } from "./watch.ts";

/** After a service died, so long: the failures it causes are evidence too. */
const AFTER_DEATH_MS = 1000;

export interface Measured {
  readonly runId: string;
  readonly spoolDir: string;
  /** BENCHBOOK_HOME, where the spool lies. */
  readonly home: string;
  readonly status: Exclude<RunStatus, "running">;
  /** Why the run crashed, as a sentence; null when it did not. */
  readonly crash: string | null;
  /** What is not as it was before the run, a sentence each, and what mends it. */
  readonly left: readonly string[];
}

export interface MeasureOptions {
  readonly config: Config;
  /** The store's file, which takes the run when it has ended. */
  readonly db: string;
  readonly scenario: LoadedScenario;
  readonly plan: BenchPlan;
  readonly ground: Ground;
  readonly environment: Environment;
  readonly plans: readonly Plan[];
  readonly sources: LoadPlan["sources"];
  readonly mix: Mix;
  /** Where it writes, and how that is taken back. */
  readonly writing: Writing;
  /** Aborted when the database is no longer the run's alone. */
  readonly lost: AbortSignal;
  readonly runId: string;
  /** The search that the run is a probe of. */
  readonly searchId?: string;
  /** Remarks that the runs of one task make only once; each run adds its own. */
  readonly told?: Set<"rate">;
  readonly gitCommit: string | null;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Makes the load, samples the servers on the same clock, and leaves everything in the run's spool. Takes the run's
 * writes back, outside of every measured phase, so that the next run finds the same data.
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { config, scenario, plan, runId } = options;
  const streams = fitStreams(scenario.streams, {
    factor: plan.rate / scenario.rate,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
  });
  const dir = join(spoolRoot(config.home), runId);
  const { value: { run, ...made }, left, remarks } = await undoing({
    ...options.writing,
    scenario,
    spool: { runId, dir },
    load: { seed: plan.seed, loop: plan.loop, streams, operations: scenario.operations },
    mix: options.mix,
    slots: plan.loop === "open" ? mostSlots(streams, plan.warmup + plan.duration) : Infinity,
    proofSlots: [],
  }, () => makeLoad(options, streams));
  const unavailable = [...run.environment.unavailable, ...remarks];
  keepRun(dir, { ...run, environment: { ...run.environment, unavailable, left } });
  return { ...made, runId, spoolDir: dir, home: config.home, left };
}

/** Slots have numbers below this, unless arrivals cluster beyond all likelihood. */
function mostSlots(streams: readonly LoadStream[], seconds: number): number {
  const longest = Math.max(
    ...streams.map((stream) => peakRate([stream]) * (stream.session === null ? 1 : stream.count)),
  );
  return Math.ceil(1.5 * longest * seconds + 100) * streams.length;
}

/** What a load was, and how it ended. */
type Made = Pick<Measured, "status" | "crash"> & { readonly run: Run };

async function makeLoad(options: MeasureOptions, streams: readonly LoadStream[]): Promise<Made> {
  const { config, scenario, plan, ground, terminal, signal, lost, runId } = options;
  const runConfig = configOf(options, streams);
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
    environment: options.environment,
    gitCommit: options.gitCommit,
    searchId: options.searchId ?? null,
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
  spool.operations(ground.operations);
  spool.plans(options.plans);
  const ending = new AbortController();
  const relay = () => ending.abort();
  signal.addEventListener("abort", relay);
  lost.addEventListener("abort", relay);
  const watch = await watchServices({
    databases: { [ground.stack.postgres.name]: ground.databaseUrl },
    pids: ground.stack.pids,
    onDeath: () => setTimeout(relay, AFTER_DEATH_MS),
  });
  const { db } = options;
  const disk = watchDisk({ spool: spool.dir, db }, relay);
  const places = { home: config.home, db };
  const limits = new RunLimits(scenario, plan, places, relay);
  let sampler: ReturnType<typeof startSampler> | undefined;
  let unwritable: unknown;
  let missed: string | null = null;
  const targets = plan.abortOnFail
    ? watchTargets(runConfig, phases, ground.operations, scenario.scopes)
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
      options.told?.has("rate") ? null : tooFast,
      atFullSpeed(calibration, scenario, plan, places),
    ];
    if (tooFast !== null) options.told?.add("rate");
    for (const warning of warnings) if (warning !== null) terminal.print(`! ${warning}`);
    const result = await terminal.step("Measure", async (progress) => {
      const done = await runLoad({
        plan: {
          seed: plan.seed,
          loop: plan.loop === "open" ? { kind: "open" } : { kind: "closed", clients: plan.concurrency },
          streams,
          phases,
          arms: ground.arms,
          operations: scenario.operations,
          ownKeys: scenario.ownTables?.keys,
          dataset: scenario.datasetName === null
            ? null
            : { name: scenario.datasetName, counts: ground.dataset.counts },
          sources: options.sources,
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
            url: ground.databaseUrl,
            redisUrl: ground.stack.redis.available ? ground.stack.redis.url : undefined,
            nowUs,
            pids: { ...ground.stack.pids(), benchbook: Deno.pid },
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
  { scenario, plan, ground }: MeasureOptions,
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
    arms: ground.arms.map(({ name }) => name),
    unavailableArms: ground.unavailableArms,
    operations: scenario.operations.map(({ name, weight, write = false }) => ({ name, weight, write })),
    slo: plan.slo,
    settings: plan.settings,
    hitTarget: scenario.hitTarget,
    thresholds: plan.thresholds,
    scale: plan.scale,
  };
}
