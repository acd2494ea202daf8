import type { Config } from "../config.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { ExitCode, ServiceError } from "../model/errors.ts";
import type { PathRate, RateProbe, RateSearch } from "../model/rate_search.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import { answerSoFar, DEFAULT_RESOLUTION, nextStep, type ProbeStep } from "../stats/rate_search.ts";
import { findRateText, probeText, rateText } from "../terminal/find_rate_text.ts";
import { openTerminal, type StepProgress, type Terminal } from "../terminal/terminal.ts";
import type { AskedSearch } from "./asked.ts";
import { judge, store, unlessFailed } from "./bench.ts";
import { type BenchArguments, type BenchPlan, settle } from "./bench_options.ts";
import { refusalOf } from "./capacity.ts";
import { interruptSignal } from "./interrupt.ts";
import { measure } from "./measure.ts";
import { CONFIRMATION_TIMES, lowestRate, pathSlo, probeOf, probeSeconds } from "./probe.ts";
import { tellRecovered } from "./recover.ts";
import { newRunId } from "./run_id.ts";
import { prepareResults } from "./store_file.ts";
import { type System, withSystem } from "./system.ts";

/** Clients that warm a path up, and for how many times the length of a probe. */
const WARM_UP_CLIENTS = 8;
const WARM_UP_TIMES = 2;
const LONGEST_WARM_UP_SECONDS = 15;
/** As `--rate` allows. */
const HIGHEST_RATE = 1_000_000;

/**
 * Searches for the highest rate at which each path holds its targets: one system, and a run for each probe.
 * @returns 0 found for each path; 1 a path does not hold at the lowest rate; 4 a path had no valid probe
 */
export async function findRate(asked: AskedSearch, config: Config): Promise<ExitCode> {
  const { scenario, plan, data, db, slo, given } = asked;
  const terminal = openTerminal({ json: given.json });
  prepareHome(config.home);
  const lock = acquireLock(config.home, `bench ${scenario.name}`);
  const interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  try {
    await prepareResults(config, db, given);
    await tellRecovered(config.home, db, terminal, signal);
    const startedAt = new Date();
    const id = newRunId(startedAt);
    const job = { runId: id, config, scenario, plan, data, replace: given.replace, terminal, signal };
    const searched = await withSystem(job, async (system) => {
      const paths: PathRate[] = [];
      for (const { name: path } of system.ground.arms) {
        if (signal.aborted) break;
        paths.push(
          await searchPath({ ...job, system, given, path, slo, db }),
        );
      }
      const { ground, gitCommit, environment } = system;
      return { paths, unavailableArms: ground.unavailableArms, gitCommit, environment };
    });
    const { title, name: scenarioName } = scenario;
    const { label, rate: startRate, seed, scale, connections, workers, settings } = plan;
    const found: RateSearch = {
      schema: 1,
      search: {
        id,
        label,
        scenario: scenarioName,
        scenarioFile: scenario.asked,
        title,
        slo,
        startRate,
        durationSeconds: given.duration,
        warmupSeconds: given.warmup,
        confirmationTimes: CONFIRMATION_TIMES,
        resolution: given.resolution ?? DEFAULT_RESOLUTION,
        seed,
        scale,
        connections,
        workers,
        settings,
        environment: searched.environment,
        startedAt,
        gitCommit: searched.gitCommit,
      },
      paths: searched.paths,
      unavailable: searched.unavailableArms.map(({ arm, reason }) => ({ path: arm, reason })),
      files: { html: null, pdf: null, store: db },
    };
    return await conclude(found, { given, config, terminal, signal });
  } finally {
    interrupt.dispose();
    lock.release();
  }
}

interface PathSearch {
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
  readonly signal: AbortSignal;
}

/** One path's probes until its limit is known; as far as it came where it is interrupted. */
async function searchPath(search: PathSearch): Promise<PathRate> {
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
  if (!signal.aborted) await warmUp({ ...search, slo });
  const probes: RateProbe[] = [];
  while (true) {
    const step = nextStep(probes, options);
    if (step.kind === "answer" || signal.aborted) {
      return pathRate(path, slo, probes, null);
    }
    // Probes grow, and the disk gets fuller.
    const { rate, seed } = step;
    const plan = runPlan({ ...search, slo }, { rate, seed }, secondsOf({ ...search, slo }, step));
    const stopped = refusalOf(scenario, plan, search.config, search.db);
    if (stopped !== null) return pathRate(path, slo, probes, stopped);
    const probe = await makeProbe({ ...search, slo }, step);
    if (probe !== null) probes.push(probe);
  }
}

function pathRate(path: string, slo: string, probes: readonly RateProbe[], stopped: string | null): PathRate {
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
    return { value: probe, detail: probeText(probe) };
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
  const measured = await measure({ ...job, runId: newRunId() });
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

async function conclude(
  found: RateSearch,
  { given, config, terminal, signal }: {
    readonly given: BenchArguments;
    readonly config: Config;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
  },
): Promise<ExitCode> {
  const warnings: string[] = [];
  let { files } = found;
  let unreported: ServiceError | null = null;
  // An interrupted user wants to leave; the runs of the probes are stored.
  if (given.report && !signal.aborted) {
    const page = await unlessFailed(terminal.step("Report", async (progress) => {
      const { makeRatePage } = await import("../report/find_rate_page.ts");
      const made = await makeRatePage(found, { config, pdf: given.pdf, signal, onStep: progress });
      return { value: made, detail: made.pdf === null ? "HTML" : "HTML and PDF" };
    }));
    if (page instanceof ServiceError) unreported = page;
    else {
      files = { ...files, html: page.html, pdf: page.pdf };
      warnings.push(...page.warnings);
    }
  }
  terminal.print(`\n${findRateText(found)}`);
  if (signal.aborted) terminal.print("• The search was interrupted: this is what was known by then.");
  for (const warning of warnings) terminal.print(`• ${warning}`);
  if (files.html !== null) terminal.print(`Report  ${files.html}`);
  if (files.pdf !== null) terminal.print(`PDF     ${files.pdf}`);
  terminal.print(`Store   ${files.store}`);
  if (given.json) console.log(JSON.stringify({ ...found, files }, null, 2));
  if (signal.aborted) return ExitCode.interrupted;
  if (unreported !== null) throw unreported;
  // What was asked for by name and is not there is a failure, whatever was found of the rest.
  return given.paths !== undefined && found.unavailable.length > 0 ? ExitCode.service : exitCodeOf(found);
}

/** The first that applies of: a path that was not searched to the end, one without any valid probe, a path that holds at no rate, found. */
export function exitCodeOf({ paths }: Pick<RateSearch, "paths">): ExitCode {
  if (paths.some(({ stopped }) => typeof stopped === "string")) return ExitCode.service;
  if (paths.some(({ interval: [low, high] }) => low === null && high === null)) return ExitCode.invalid;
  return paths.some(({ interval: [low] }) => low === null) ? ExitCode.verdictFailed : ExitCode.ok;
}
