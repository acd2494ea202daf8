import type { PlannedArm } from "../model/arms.ts";
import { ServiceError } from "../model/errors.ts";
import type { ArmRate, RateProbe } from "../model/rate_search.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted } from "../model/units.ts";
import { answerSoFar, nextStep, type ProbeStep } from "../stats/rate_search.ts";
import { probeText, rateText } from "../terminal/find_rate_text.ts";
import type { StepProgress, Terminal } from "../terminal/terminal.ts";
import { type BenchArguments, type BenchPlan, completePlan } from "./bench_options.ts";
import { refusalOf } from "./capacity.ts";
import { blocksOf } from "./load_plan.ts";
import { measure } from "./measure.ts";
import { armSlo, CONFIRMATION_TIMES, lowestRate, probeOf, probeSeconds } from "./probe.ts";
import type { SearchRequest } from "./request.ts";
import { newRunId } from "./run_id.ts";
import { judge, store } from "./store_run.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Clients that warm an arm up, and for how many times the length of a probe. */
const WARM_UP_CLIENTS = 8;
const WARM_UP_TIMES = 2;
const LONGEST_WARM_UP_SECONDS = 15;
/** Of the line that a probe leaves, where it is no tick. */
const SIGNS = { holds: undefined, fails: "✗", invalid: "–" } as const;
/** As `--rate` allows. */
const HIGHEST_RATE = 1_000_000;

/** The search over one arm of a system, which is the whole search's. */
export interface ArmSearch {
  readonly system: SystemUnderTest;
  readonly given: SearchRequest["given"];
  readonly arm: PlannedArm;
  readonly slo: string;
  /** Called after each run that is stored, with what is known of the arm by then. */
  readonly keep: (soFar: ArmRate) => Promise<void>;
}

/** One arm's probes until its limit is known; as far as it came where it is interrupted. */
export async function searchArm(ofSystem: ArmSearch): Promise<ArmRate> {
  const { system: { scenario, config, db, signal }, given, arm, keep } = ofSystem;
  const slo = armSlo(ofSystem.slo, arm, scenario.scopes);
  const search = { ...ofSystem, slo };
  const startRate = given.rate ?? scenario.rate;
  const options = {
    startRate,
    seed: given.seed,
    resolution: given.resolution,
    lowest: Math.min(startRate, lowestRate(slo, given.duration)),
    highest: HIGHEST_RATE,
  };
  const probes: RateProbe[] = [];
  const soFar = (stopped: string | null = null) => armRate(arm.name, slo, probes, stopped);
  if (!signal.aborted) {
    await warmUp(search);
    await keep(soFar());
  }
  while (true) {
    const step = nextStep(probes, options);
    if (step.kind === "answer" || signal.aborted) return soFar();
    // Probes grow, and the disk gets fuller.
    const { rate, seed } = step;
    const stopped = refusalOf(scenario, runPlan(search, { rate, seed }, secondsOf(search, step)), config, db);
    if (stopped !== null) return soFar(stopped);
    const probe = await makeProbe(search, step);
    if (probe !== null) probes.push(probe);
    await keep(soFar());
  }
}

/** What the probes of an arm tell. @param arm the arm's name */
export function armRate(
  arm: string,
  slo: string,
  probes: readonly RateProbe[],
  stopped: string | null,
): ArmRate {
  const { low, high, confirmed, limitedBy } = answerSoFar(probes);
  return { arm, slo, interval: [low, high], confirmed, limitedBy, probes, stopped };
}

function secondsOf({ slo, given }: ArmSearch, { rate, confirmation }: ProbeStep): number {
  return probeSeconds(slo, given.duration, rate) * (confirmation ? CONFIRMATION_TIMES : 1);
}

/**
 * Asks an arm as fast as it answers before its first probe: a server that compiles its code while it runs, and
 * caches that are empty, would let probes fail at rates that hold later. The run is stored, and nothing depends on
 * it.
 */
async function warmUp(search: ArmSearch): Promise<void> {
  const { system: { runId, scenario, terminal }, given, arm } = search;
  // The steps of a session hang together: its clients cannot ask as fast as they like.
  const load = scenario.streams.some(({ session }) => session !== null)
    ? {}
    : { rate: undefined, concurrency: WARM_UP_CLIENTS, workers: 1 };
  const warmth = { ...load, label: `find-rate ${runId} warm-up`, seed: given.seed, warmup: 0 };
  await terminal.step(`Warm up ${arm.name}`, async (progress) => {
    const seconds = Math.min(WARM_UP_TIMES * given.duration, LONGEST_WARM_UP_SECONDS);
    const { summary } = await makeRun(search, warmth, seconds, progress);
    return { value: undefined, detail: counted(summary.accounting.scheduled, "request") };
  });
}

/** One run at the step's rate, stored and judged; null where it was interrupted. */
async function makeProbe(search: ArmSearch, step: ProbeStep): Promise<RateProbe | null> {
  const { system: { runId, terminal }, arm } = search;
  const { rate, confirmation, seed } = step;
  const seconds = secondsOf(search, step);
  const label = `find-rate ${runId} ${rate}/s`;
  const title = `${confirmation ? "Confirm" : "Probe"} ${arm.name} at ${rateText(rate)}/s`;
  return await terminal.step(title, async (progress) => {
    const { summary, interrupted } = await makeRun(search, { rate, label, seed }, seconds, progress);
    if (interrupted) return { value: null, detail: "interrupted" };
    const probe = probeOf(summary, step, seconds);
    const sign = SIGNS[probe.outcome];
    return { value: probe, detail: probeText(probe), ...(sign && { sign }) };
  });
}

/** How a run of the search's arm is made. The scenario's cap holds for it, but need not fit each rate that is probed. */
function runPlan(
  { system: { scenario }, given, arm, slo }: ArmSearch,
  load: Partial<BenchArguments>,
  seconds: number,
): BenchPlan {
  const { inFlight, ...uncapped } = scenario;
  const plan = completePlan(uncapped, {
    ...given,
    duration: seconds,
    slo,
    ...load,
  }, [arm]);
  return { ...plan, inFlightCap: inFlight ?? plan.inFlightCap };
}

/** A run of the search's arm, stored and judged. @throws {ServiceError} where it crashed */
async function makeRun(
  search: ArmSearch,
  load: Partial<BenchArguments>,
  seconds: number,
  progress: StepProgress,
): Promise<{ summary: RunSummary; interrupted: boolean }> {
  const { system, arm } = search;
  const { runId, scenario, terminal } = system;
  const probed = {
    ...armOf(system, arm.name),
    runId: newRunId(),
    searchId: runId,
    // One block: within it a queue that grows shows itself, which a washout between two would hide.
    scenario: { ...scenario, block: seconds },
    plan: runPlan(search, load, seconds),
    terminal: quietly(terminal, progress),
  };
  const measured = await store({ ...probed, ...await measure(probed, blocksOf(probed)) });
  if (measured.crash !== null) {
    throw new ServiceError(
      `Cannot continue the search: ${measured.crash}`,
      `What was measured until then is stored; deno task logs shows why.`,
    );
  }
  if (measured.left.length > 0) {
    throw new ServiceError(
      "Cannot continue the search: a probe left something behind",
      measured.left.join("\n  "),
    );
  }
  const { summary } = await judge(measured);
  return { summary, interrupted: measured.status === "interrupted" };
}

/** The steps of a run within a step that is shown already. */
function quietly(terminal: Terminal, progress: StepProgress): Terminal {
  return { ...terminal, step: async (_title, work) => (await work(progress)).value };
}

/** The part of a system that one arm is; it writes into no database but its own. */
export function armOf(system: SystemUnderTest, name: string): SystemUnderTest {
  const arms = system.arms.filter((arm) => arm.name === name);
  const operations = system.operations.filter(({ arm }) => arm === name);
  const ids = operations.map(({ operationId }) => operationId);
  const at = system.arms.findIndex((arm) => arm.name === name);
  const databases = system.writing.databases.filter(({ arms }) => !arms[at]!.elsewhere);
  const plans = system.plans.filter(({ operationId }) => ids.includes(operationId));
  return {
    ...system,
    arms,
    operations,
    unavailableArms: [],
    plans,
    writing: { ...system.writing, databases },
  };
}
