import type { Config } from "../config.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { ServiceError } from "../model/errors.ts";
import type { PathRate, RateProbe } from "../model/rate_search.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import { answerSoFar, nextStep, type ProbeStep } from "../stats/rate_search.ts";
import { probeText, rateText } from "../terminal/find_rate_text.ts";
import type { StepProgress, Terminal } from "../terminal/terminal.ts";
import type { AskedSearch } from "./asked.ts";
import { judge, store } from "./bench.ts";
import { type BenchArguments, type BenchPlan, settle } from "./bench_options.ts";
import { refusalOf } from "./capacity.ts";
import { measure } from "./measure.ts";
import { CONFIRMATION_TIMES, lowestRate, pathSlo, probeOf, probeSeconds } from "./probe.ts";
import { newRunId } from "./run_id.ts";
import type { System } from "./system.ts";

/** Clients that warm a path up, and for how many times the length of a probe. */
const WARM_UP_CLIENTS = 8;
const WARM_UP_TIMES = 2;
const LONGEST_WARM_UP_SECONDS = 15;
/** Of the line that a probe leaves, where it is no tick. */
const SIGNS = { holds: undefined, fails: "✗", invalid: "–" } as const;
/** As `--rate` allows. */
const HIGHEST_RATE = 1_000_000;

/** The search over one path of a system. */
export interface PathSearch {
  /** Of the search. */
  readonly runId: string;
  readonly config: Config;
  readonly scenario: LoadedScenario;
  readonly system: System;
  readonly given: AskedSearch["given"];
  readonly path: string;
  readonly slo: string;
  readonly db: string;
  readonly terminal: Terminal;
  /** What the search's runs have remarked already, over all paths. */
  readonly told: Set<"rate">;
  readonly signal: AbortSignal;
  /** Called after each run that is stored, with what is known of the path by then. */
  readonly keep: (soFar: PathRate) => Promise<void>;
}

/** One path's probes until its limit is known; as far as it came where it is interrupted. */
export async function searchPath(search: PathSearch): Promise<PathRate> {
  const { scenario, given, path, signal } = search;
  const slo = pathSlo(search.slo, path, scenario.scopes);
  const startRate = given.rate ?? scenario.rate;
  const options = {
    startRate,
    seed: given.seed,
    resolution: given.resolution,
    lowest: Math.min(startRate, lowestRate(slo, given.duration)),
    highest: HIGHEST_RATE,
  };
  const probes: RateProbe[] = [];
  const soFar = (stopped: string | null = null) => pathRate(path, slo, probes, stopped);
  if (!signal.aborted) {
    await warmUp({ ...search, slo });
    await search.keep(soFar());
  }
  while (true) {
    const step = nextStep(probes, options);
    if (step.kind === "answer" || signal.aborted) return soFar();
    // Probes grow, and the disk gets fuller.
    const { rate, seed } = step;
    const plan = runPlan({ ...search, slo }, { rate, seed }, secondsOf({ ...search, slo }, step));
    const stopped = refusalOf(scenario, plan, search.config, search.db);
    if (stopped !== null) return soFar(stopped);
    const probe = await makeProbe({ ...search, slo }, step);
    if (probe !== null) probes.push(probe);
    await search.keep(soFar());
  }
}

/** What the probes of a path tell. */
export function pathRate(
  path: string,
  slo: string,
  probes: readonly RateProbe[],
  stopped: string | null,
): PathRate {
  const { low, high, confirmed, limitedBy } = answerSoFar(probes);
  return { path, slo, interval: [low, high], confirmed, limitedBy, probes, stopped };
}

function secondsOf({ slo, given }: PathSearch, { rate, confirmation }: ProbeStep): number {
  return probeSeconds(slo, given.duration, rate) * (confirmation ? CONFIRMATION_TIMES : 1);
}

/**
 * Asks a path as fast as it answers before its first probe: a server that compiles its code while it runs, and
 * caches that are empty, would let probes fail at rates that hold later. The run is stored, and nothing depends on
 * it.
 */
async function warmUp(search: PathSearch): Promise<void> {
  const { runId, scenario, given, path, terminal } = search;
  // The steps of a session hang together: its clients cannot ask as fast as they like.
  const load = scenario.streams.some(({ session }) => session !== null)
    ? {}
    : { rate: undefined, concurrency: WARM_UP_CLIENTS, workers: 1 };
  const warmth = { ...load, label: `find-rate ${runId} warm-up`, seed: given.seed, warmup: 0 };
  await terminal.step(`Warm ${path} up`, async (progress) => {
    const seconds = Math.min(WARM_UP_TIMES * given.duration, LONGEST_WARM_UP_SECONDS);
    const { summary } = await makeRun(search, warmth, seconds, progress);
    return { value: undefined, detail: `${formatCount(summary.accounting.scheduled)} requests` };
  });
}

/** One run at the step's rate, stored and judged; null where it was interrupted. */
async function makeProbe(search: PathSearch, step: ProbeStep): Promise<RateProbe | null> {
  const { runId, path, terminal } = search;
  const { rate, confirmation, seed } = step;
  const seconds = secondsOf(search, step);
  const label = `find-rate ${runId} ${rate}/s`;
  const title = `Probe ${path} at ${rateText(rate)}/s${confirmation ? " again" : ""}`;
  return await terminal.step(title, async (progress) => {
    const { summary, interrupted } = await makeRun(search, { rate, label, seed }, seconds, progress);
    if (interrupted) return { value: null, detail: "interrupted" };
    const probe = probeOf(summary, step, seconds);
    const sign = SIGNS[probe.outcome];
    return { value: probe, detail: probeText(probe), ...(sign && { sign }) };
  });
}

/** How a run of the search's path is made. */
function runPlan(
  { scenario, given, path, slo }: PathSearch,
  load: Partial<BenchArguments>,
  seconds: number,
): BenchPlan {
  const settled = settle({ ...scenario, inFlight: undefined }, {
    ...given,
    duration: seconds,
    paths: path,
    slo,
    ...load,
  });
  return { ...settled, inFlightCap: scenario.inFlight ?? settled.inFlightCap };
}

/** A run of the search's path, stored and judged. @throws {ServiceError} where it crashed */
async function makeRun(
  search: PathSearch,
  load: Partial<BenchArguments>,
  seconds: number,
  progress: StepProgress,
): Promise<{ summary: RunSummary; interrupted: boolean }> {
  const { scenario, system, path, db, terminal } = search;
  // One block: within it a queue that grows shows itself, which a washout between two would hide.
  const probed = { ...scenario, block: seconds, inFlight: undefined };
  const plan = runPlan(search, load, seconds);
  const quiet: Terminal = { ...terminal, step: async (_title, work) => (await work(progress)).value };
  const job = { ...search, ...systemOf(system, path), scenario: probed, plan, terminal: quiet };
  const measured = await measure({ ...job, runId: newRunId(), searchId: search.runId });
  await store(measured, db, quiet, search.signal);
  if (measured.crash !== null) {
    throw new ServiceError(
      `Cannot go on searching: ${measured.crash}`,
      `What was measured until then is stored; deno task logs shows why.`,
    );
  }
  if (measured.left.length > 0) {
    throw new ServiceError(
      "Cannot go on searching: a probe left something behind",
      measured.left.join("\n  "),
    );
  }
  const summary = await judge(measured.runId, db);
  return { summary, interrupted: measured.status === "interrupted" };
}

/** The part of the system that one path is. */
function systemOf(system: System, path: string): System {
  const arms = system.ground.arms.filter(({ name }) => name === path);
  const operations = system.ground.operations.filter((operation) => operation.path === path);
  const ids = operations.map(({ operationId }) => operationId);
  return {
    ...system,
    ground: { ...system.ground, arms, operations, unavailableArms: [] },
    plans: system.plans.filter(({ operationId }) => ids.includes(operationId)),
  };
}
