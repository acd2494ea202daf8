import type { Config } from "../config.ts";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import type { PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { parseSlo } from "../model/slo.ts";
import type { DataRequest } from "../seed/spec.ts";
import { plannedArms } from "./arm_options.ts";
import { type BenchArguments, type BenchPlan, completePlan } from "./bench_options.ts";
import { refuseTooMuch, refuseWithoutRoom } from "./capacity.ts";
import { refuseVerifying } from "./check_verifying.ts";
import { dataOf } from "./data_options.ts";
import { withGivenPaths } from "./path_options.ts";
import { armSlo, completeSearch } from "./probe.ts";
import { checkArms, readArms, withArms } from "./read_arms.ts";
import { storeForRun } from "./store_file.ts";
import { checkTierArms, refuseUnrefreshed, refuseWrittenClones } from "./tier_paths.ts";

/**
 * A run that a command asks for, with every mistake in it already told. Nothing here needs a server, a store or a
 * browser, so that a mistake is told before the code that drives them is even loaded.
 */
export interface BenchRequest {
  readonly scenario: LoadedScenario;
  readonly plan: BenchPlan;
  /** Null where the scenario brings tables of its own. */
  readonly data: DataRequest | null;
  /** The store's file. */
  readonly db: string;
  readonly given: BenchArguments;
}

/** A search for the highest rate. */
export interface SearchRequest extends BenchRequest {
  /** Targets, of which each path has some. */
  readonly slo: string;
  /** With the seconds of a probe and of its warm-up. */
  readonly given: BenchArguments & { readonly duration: number; readonly warmup: number };
}

/** Seconds of a probe, and the most of its warm-up. */
const PROBE_SECONDS = 5;
const WARMUP_SECONDS = 1;

/** @throws {UsageError} for a mistake in the command or in the scenario; {ServiceError} without room on the disk */
export async function benchRequest(
  name: string,
  given: BenchArguments,
  config: Config,
): Promise<BenchRequest> {
  const chosen = await chosenBy(name, given, config);
  refuseVerifying(chosen.arms, chosen.scenario, config);
  return await completed(chosen, given, config);
}

/** @throws {UsageError} also without targets, or for targets that no rate can be searched by */
export async function searchRequest(
  name: string,
  given: BenchArguments,
  config: Config,
): Promise<SearchRequest> {
  const chosen = await chosenBy(name, given, config);
  const { scenario } = chosen;
  refuseVerifying(chosen.arms, scenario, config, "a search for a rate");
  const slo = completeSearch(scenario, given);
  const duration = given.duration ?? PROBE_SECONDS;
  const warmup = given.warmup ?? Math.min(WARMUP_SECONDS, scenario.warmup);
  const probing = { ...given, duration, warmup };
  const request = await completed(chosen, probing, config);
  refuseUnrefreshed(request.plan.arms, scenario, duration);
  refuseWrittenClones(request.plan.arms, scenario);
  // An arm that cannot be judged is a mistake in the command too.
  for (const arm of request.plan.arms) armSlo(slo, arm, scenario.scopes);
  return { ...request, slo, given: probing };
}

/** A scenario as a command asks for it, and the arms that it is to be asked by. */
export interface ChosenScenario {
  readonly scenario: LoadedScenario;
  readonly arms: readonly PlannedArm[];
}

/** @throws {UsageError} for a mistake in the scenario, its paths or an arm's file */
export async function chosenBy(name: string, given: BenchArguments, config: Config): Promise<ChosenScenario> {
  const load = (set: BenchArguments["set"]) => loadScenario(config.root, name, { ...given.set, ...set });
  const chosen = withGivenPaths(await load({}), given.paths);
  const arms = plannedArms(chosen, given, await readArms(given.arm ?? [], chosen, load));
  const scenario = withArms(chosen, arms);
  checkTierArms(arms, scenario);
  await checkArms(arms, scenario, config);
  return { scenario, arms };
}

async function completed(
  { scenario, arms }: ChosenScenario,
  given: BenchArguments,
  config: Config,
): Promise<BenchRequest> {
  if (given.slo !== undefined) refuseStalls(given.slo);
  const plan = completePlan(scenario, given, arms);
  refuseTooMuch(scenario, plan);
  const data = await dataOf(scenario, given);
  const db = storeForRun(config, given.db);
  refuseWithoutRoom(scenario, plan, config, db);
  return { scenario, plan, data, db, given };
}

/** Only a change has a moment before which nobody stalled. @throws {UsageError} where a target is about stalls */
function refuseStalls(slo: string): void {
  const stall = parseSlo(slo).find(({ metric }) => metric === "stall");
  if (stall === undefined) return;
  throw new UsageError(
    `Cannot judge the SLO term "${stall.text}": a stall is judged of migrations, and this is a bench`,
    "Leave it out, or change the database under load: deno task migrate --list",
  );
}
