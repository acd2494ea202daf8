import { join } from "node:path";
import { redactUrl } from "../config.ts";
import { crashOf, EarlyEnd, statusOf } from "../load/early_end.ts";
import { EventHub } from "../load/event_hub.ts";
import { peakRate } from "../load/rates.ts";
import type { RunEventHub, RunEvents } from "../load/run_events.ts";
import { runLoad } from "../load/run_load.ts";
import type { LoadStream } from "../load/scenario.ts";
import { outagesOf, type Schedule } from "../load/schedule.ts";
import { ScheduleClock } from "../load/schedule_clock.ts";
import { forgetLedger } from "../migrate/ledger/ledger_record.ts";
import { armRecords } from "../model/arms.ts";
import type { Phase, Run, RunStatus } from "../model/run.ts";
import { turnSeconds } from "../model/tier_settings.ts";
import { reference } from "../paths/registry.ts";
import { self } from "../stack/process.ts";
import { createSpool, keepRun, type Spool, spoolRoot } from "../store/spool.ts";
import { armTable } from "../store/tables/arm.ts";
import { mentionKeys } from "../targets/cache_keys.ts";
import { TiersUpkeep } from "../tiers/keep_up.ts";
import { undoing } from "../undo/undoing.ts";
import { watchTargets } from "./abort_on_fail.ts";
import { rateWarning, readCalibration } from "./calibrate.ts";
import { longestWait } from "./capacity.ts";
import { watchDisk } from "./disk_watch.ts";
import type { Job } from "./job.ts";
import { LooksAtRun } from "./looks_at_run.ts";
import { loadPlan, slotsBelow, streamsOf } from "./load_plan.ts";
import { atFullSpeed, watchLimits } from "./run_limits.ts";
import { runRecord } from "./run_record.ts";
import { instancesOf, watchedClones, watchedOf } from "./run_instances.ts";
import { sampleServers } from "./sample_servers.ts";
import { failuresOf, requestsText, showRun } from "./show_run.ts";
import { spoolEvents } from "./spool_events.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import { type Watch, watchServices } from "./watch.ts";

/** After a service died, so long: the failures it causes are evidence too. */
const AFTER_DEATH_MS = 1000;

/** How a run over a system ended. */
export interface RunOutcome {
  readonly spoolDir: string;
  /** As its record is in the spool. */
  readonly run: Run;
  readonly status: Exclude<RunStatus, "running">;
  /** Why the run crashed, as a sentence; null when it did not. */
  readonly crash: string | null;
  /** What is not as it was before the run, a sentence each, and what mends it. */
  readonly left: readonly string[];
}

/** A job after its run; of the system nothing is kept. */
export type Measured = Job & RunOutcome;

/** What goes along with a run. */
export interface Companion extends AsyncDisposable {
  /** Told before the run's clock starts. */
  join(events: RunEventHub): void;
  /**
   * The load is over, its timings are in the spool, and the database is as the load has left it.
   * @returns what could not be found out, in whole sentences
   */
  finish(load: FinishedLoad): Promise<readonly string[]>;
  /** The record of the run with what was found out in it. */
  concluded?(run: Run): Run;
}

/** A load that is over. */
export interface FinishedLoad {
  readonly spoolDir: string;
  readonly streams: readonly LoadStream[];
  /** As they were. */
  readonly phases: readonly Phase[];
}

/**
 * Makes the load, samples the servers on the same clock, and leaves everything in the run's spool. Takes the run's
 * writes back, outside of every measured phase, so that the next run finds the same data; from a clone that is dropped
 * they need not be.
 */
export async function measure(
  system: SystemUnderTest,
  schedule: Schedule,
  companion?: Companion,
): Promise<RunOutcome> {
  const { config, scenario, plan, runId, mix, migrating } = system;
  const streams = streamsOf(system);
  const dir = join(spoolRoot(config.home), runId);
  const load = () => makeLoad(system, schedule, streams, companion);
  const { value: { run, ...made }, left, remarks } = migrating?.place === "clone"
    ? await leaving(system, load)
    : await undoing({
      ...system.writing,
      ...system.move !== null && { copies: [system.move.target] },
      scenario,
      spool: { runId, dir },
      load: { seed: plan.seed, loop: plan.loop, streams, operations: scenario.operations },
      mix,
      slots: slotsBelow(system, streams),
      proofSlots: [],
      beforeUndo: () => forgetLedger(config.home, runId),
    }, load);
  const known = noted(run, remarks);
  return keepLeft({ ...made, run: known, spoolDir: dir, left: [] }, left);
}

/** Adds to a run's record what is left of it. */
export function keepLeft(outcome: RunOutcome, more: readonly string[]): RunOutcome {
  const { spoolDir, run } = outcome;
  const left = [...outcome.left, ...more];
  const known = { ...run, environment: { ...run.environment, left } };
  keepRun(spoolDir, known);
  return { ...outcome, run: known, left };
}

/** Does some work whose writes go with a clone; what it put into a cache does not. */
async function leaving<T>(
  { writing }: SystemUnderTest,
  work: () => Promise<T>,
): Promise<{ value: T; left: string[]; remarks: string[] }> {
  const unkeyed = mentionKeys(writing.cachePrefix);
  try {
    return { value: await work(), left: [], remarks: [] };
  } finally {
    await writing.clearCache();
    unkeyed();
  }
}

/** What a load was, and how it ended. */
type Made = Pick<RunOutcome, "status" | "crash"> & { readonly run: Run };

async function makeLoad(
  system: SystemUnderTest,
  blocks: Schedule,
  streams: readonly LoadStream[],
  companion: Companion | undefined,
): Promise<Made> {
  const { config, db, scenario, plan, operations, terminal, signal } = system;
  await using closing = new AsyncDisposableStack();
  const planned = runRecord(system, streams);
  const arms = armRecords(plan.arms, planned.config.arms, redactUrl);
  const spool = closing.adopt(begunSpool(system, planned, arms), (spool) => spool.close());
  const looked = { run: planned, arms, operations, spool, schedule: blocks };
  const end = closing.use(new EarlyEnd());
  const events = new EventHub<RunEvents>((error) => end.fail(error));
  const decided = (why: string) => end.because({ by: "decided", why });
  const looks = closing.use(await LooksAtRun.open(looked, events, decided));
  const upkeep = await openUpkeep(system, planned, events);
  const schedule = upkeep.within(looks.schedule);
  spoolEvents(events, spool, planned, schedule.phases);
  const clock = closing.adopt(new ScheduleClock(schedule, events), (clock) => clock.stop());
  const sampling = closing.use(sampleServers(events, system, companion !== undefined));
  closing.use(companion);
  companion?.join(events);
  const failed = failuresOf(events);
  const services = closing.adopt(await watchSystem(system, end), (services) => services.stop());
  declareOutages(events, schedule, services, system);
  closing.use(watchDisk({ spool: spool.dir, db }, (why) => end.because({ by: "disk", why })));
  const places = { home: config.home, db };
  watchLimits(events, { scenario, plan, places }, (why) => end.because({ by: "limit", why }));
  if (plan.abortOnFail) endOnMiss(events, system, { schedule, config: planned.config }, end);
  for (const warning of warningsOf(system, streams)) terminal.print(`! ${warning}`);
  const result = await terminal.step("Measure", async (progress) => {
    showRun(events, { ...schedule, closed: plan.loop === "closed" }, terminal, progress);
    const made = loadPlan(system, schedule, streams, spool.dir);
    const value = await runLoad({ plan: made, signal: end.signal, events, gate: system.move?.loadGate });
    await clock.stop(value.phases.at(-1)?.endUs);
    return { value, detail: requestsText(value.progress) };
  });
  if (!signal.aborted) await services.look();
  const { phases } = result;
  const unknown = await companion?.finish({ spoolDir: spool.dir, streams, phases }) ?? [];
  const startedAt = result.startedAt ?? planned.startedAt;
  const record = { ...planned, startedAt };
  const run = noted(companion?.concluded?.(record) ?? record, [
    ...result.notes,
    ...failed,
    ...await upkeep.finish(),
    ...unknown,
    ...await sampling.stop(),
  ]);
  spool.run(run);
  end.throwFailure();
  const { reasons } = end;
  const status = statusOf(reasons, result.interrupted);
  events.emit("end", { status, reasons, phases });
  end.throwFailure();
  return { run, status, crash: crashOf(reasons) };
}

function openUpkeep(system: SystemUnderTest, { config }: Run, events: RunEventHub): Promise<TiersUpkeep> {
  const turn = turnSeconds(config.settings);
  return TiersUpkeep.open({ ...system, direct: directArms(system), turnSeconds: turn }, events);
}

/** Arms that ask the run's own database as its questions are written. */
function directArms({ arms }: SystemUnderTest): string[] {
  const own = arms.filter(({ target, databaseUrl }) =>
    databaseUrl === undefined && target.path === reference.name
  );
  return own.map(({ name }) => name);
}

/** A run's spool with all that is known before there is any load. */
function begunSpool(
  { config, operations, plans }: SystemUnderTest,
  planned: Run,
  arms: ReturnType<typeof armRecords>,
): Spool {
  const spool = createSpool(config.home, planned, self());
  spool.write(armTable, arms);
  spool.operations(operations);
  spool.plans(plans);
  return spool;
}

/** Ends a run as soon as a target over windows can no longer be met. */
function endOnMiss(
  events: RunEventHub,
  { scenario, operations }: SystemUnderTest,
  { schedule: { phases }, config }: { readonly schedule: Schedule; readonly config: Run["config"] },
  end: EarlyEnd,
): void {
  const longestMs = 1000 * longestWait(scenario);
  const targeted = { config, longestMs, phases, operations, names: scenario.scopes };
  watchTargets(events, targeted, (why) => end.because({ by: "target", why }));
}

/** Ends a run when its user leaves, a database is lost to it, or a service dies. */
function watchSystem(system: SystemUnderTest, end: EarlyEnd): Promise<Watch> {
  const { stack, held, signal } = system;
  end.when(signal, "user", () => "the user left");
  end.when(held.lost, "database", (reason) => (reason as Error).message);
  const instances = instancesOf(system);
  return watchServices({
    instances: [...watchedOf(instances), ...watchedClones(system)],
    pids: stack.pids,
    armsOf: new Map(instances.flatMap(({ name, arms }) => arms === undefined ? [] : [[name, arms]])),
    onDeath: (why) => end.because({ by: "service", why }, AFTER_DEATH_MS),
  });
}

/** Tells who would take a server that is away for a dead one when that is meant to be so. */
function declareOutages(
  events: RunEventHub,
  schedule: Schedule,
  services: Watch,
  { stack, held }: SystemUnderTest,
): void {
  const outages = outagesOf(schedule);
  events.on("start", ({ nowUs }) => {
    for (const outage of outages) {
      services.expect(outage, nowUs());
      if (outage.instance !== stack.postgres.name) continue;
      held.allowUntil(performance.now() + (outage.untilUs - nowUs()) / 1000);
    }
  });
}

/** What is to be known before a run about the load that it makes; some of it once a job. */
function warningsOf(
  { config, db, scenario, plan, told }: SystemUnderTest,
  streams: readonly LoadStream[],
): string[] {
  const calibration = readCalibration(config.home);
  const ratePerSecond = plan.loop === "open" ? peakRate(streams) : null;
  const tooFast = told.has("rate")
    ? null
    : rateWarning(calibration, { ratePerSecond, workers: plan.workers });
  if (tooFast !== null) told.add("rate");
  const atMost = atFullSpeed(calibration, scenario, plan, { home: config.home, db });
  return [tooFast, atMost].filter((warning) => warning !== null);
}

/** A run with more that could not be measured, or not as it should. */
function noted(run: Run, notes: readonly string[]): Run {
  const { environment } = run;
  return { ...run, environment: { ...environment, unavailable: [...environment.unavailable, ...notes] } };
}
