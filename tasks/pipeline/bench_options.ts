import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";
import { peakRate } from "../load/rates.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { faultsOf } from "../load/scenario_fault.ts";
import { defaultWorkers } from "../load/workers.ts";
import type { PlannedArm } from "../model/arms.ts";
import { DEFAULT_THRESHOLDS, type ValidityThresholds } from "../model/validity.ts";
import { isCaptured, type SettingValues } from "../model/scenario.ts";
import { parseSlo, resolveScope } from "../model/slo.ts";
import { counted } from "../model/units.ts";
import { pathOf } from "../paths/registry.ts";
import { dbOption } from "../terminal/command.ts";
import { count } from "../terminal/count.ts";
import { refuseIdleInstances } from "./check_scaling.ts";
import { addDataOptions, type DataArguments } from "./data_options.ts";
import { type Combined, refuseCombination } from "./option_combinations.ts";
import { change, resolution } from "./option_values.ts";
import { addLoadOptions, addRunOptions } from "./run_options.ts";
import { addArmOptions, type ArmArguments, armsOfPaths } from "./arm_options.ts";

/** What the command line said, as text; see `completePlan` for what it comes to. */
export interface BenchArguments extends DataArguments, ArmArguments, Combined {
  readonly rate?: number;
  readonly concurrency?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly workers?: number;
  readonly set: Readonly<Record<string, string>>;
  readonly label?: string;
  readonly slo?: string;
  readonly abortOnFail?: boolean;
  readonly report: boolean;
  readonly pdf: boolean;
  readonly json: boolean;
  readonly db?: string;
}

/** How a run will be made: the scenario with the command line's changes. Times are seconds. */
export interface BenchPlan {
  readonly scale: string;
  readonly loop: "open" | "closed";
  readonly rate: number;
  readonly concurrency: number;
  readonly duration: number;
  readonly warmup: number;
  readonly arms: readonly PlannedArm[];
  readonly seed: number;
  readonly workers: number;
  readonly connections: number;
  /** Requests that may be under way at once over all arms; more are shed, and recorded as shed. */
  readonly inFlightCap: number;
  readonly settings: SettingValues;
  readonly label: string | null;
  readonly slo: string | null;
  /** End the run as soon as a target over windows can no longer be met. */
  readonly abortOnFail: boolean;
  /** End the run when each comparison is decided, or equivalent within such a share; absent: measure for as long as asked. */
  readonly untilDecided?: number;
  readonly thresholds: ValidityThresholds;
}

/** Connections an arm, where the loop is open; a closed loop has one for each client. */
const OPEN_LOOP_CONNECTIONS = 8;
/** Under way at most where nothing asks for more. */
const IN_FLIGHT_CAP = 1024;
/** As a scenario may ask for. */
const MOST_IN_FLIGHT = 1_000_000;
/** In one command. */
const MOST_RUNS = 1000;

export function addBenchOptions(command: Command): Command {
  return addRunOptions(
    addArmOptions(
      addLoadOptions(
        addDataOptions(
          command.argument("[scenario]", "name of a scenario, or path of a scenario file", "access-paths"),
        ),
        "measured time over all arms, e.g. 48s",
      ),
    ),
  )
    .option(
      "--find-rate",
      "search for the highest rate that meets the SLO, arm by arm; --rate is where it starts, --duration how long each probe lasts",
    )
    .option(
      "--abort-on-fail",
      "end the run as soon as a target over windows (p95<1s over 10s) is certain to be missed",
      false,
    )
    .option(
      "--resolution <share>",
      "with --find-rate: how far apart the two resulting rates may be, by default 5%",
      resolution,
    )
    .option(
      "--repeat <n>",
      "so many runs one after another, each on services that are started anew: what shows how much runs differ",
      count("number of runs", 2, MOST_RUNS),
    )
    .option(
      "--plan-for <share>",
      "measure for as long as it takes to show such a change in nine of ten runs, e.g. 5%; --duration is that of the pilot run that tells the noise",
      change,
    )
    .option(
      "--until-decided <share>",
      "end when each comparison is decided, or equivalent within such a share, e.g. 5%; --duration is the longest that it may take",
      change,
    )
    .option(
      "--confirm",
      "measure again what looks slower, before it fails: for a gate in CI, where the version before is an arm",
      false,
    )
    .option("--against <run>", "compare it afterwards with a stored run, or series of runs, of this scenario")
    .option(
      "--markdown <file>",
      "also write what came of it as a comment for a pull request, in place of the one before",
    )
    .option(
      "--clone",
      "with a .sql file as an arm, or a path over a tier: make the clone on your own server, whose size is said first",
      false,
    )
    .addOption(dbOption());
}

/**
 * What the scenario and the command line come to.
 * @param arms of the run; one for each path if absent
 * @throws {UsageError} for anything that cannot be meant, with the nearest known name.
 */
export function completePlan(
  scenario: LoadedScenario,
  given: BenchArguments,
  arms: readonly PlannedArm[] = armsOfPaths(scenario, given),
): BenchPlan {
  if (given.rate !== undefined && given.concurrency !== undefined) {
    throw new UsageError(
      "Cannot make an open and a closed loop at once: both --rate and --concurrency are given",
      "Give one.",
    );
  }
  refuseCombination(scenario, given, arms);
  const slo = given.slo ?? scenario.slo ?? null;
  if (slo !== null) parseSlo(slo, scenario.scopes);
  if (given.slo !== undefined) checkMeasured(given.slo, scenario, arms);
  if (
    given.abortOnFail === true &&
    !(slo !== null && parseSlo(slo).some(({ windowSeconds }) => windowSeconds !== null))
  ) {
    throw new UsageError(
      `Cannot end the run when a target over windows is missed: there is none (targets: ${slo ?? "none"})`,
      'Write one like --slo "p95<200ms over 10s".',
    );
  }
  const loop = given.concurrency === undefined ? "open" : "closed";
  if (loop === "closed") refuseSessions(scenario);
  const connections = given.concurrency ?? OPEN_LOOP_CONNECTIONS;
  refuseIdleInstances(arms, connections);
  const workers = given.workers ?? defaultWorkers(loop, connections);
  if (workers > connections) {
    throw new UsageError(
      `Cannot share ${counted(connections, "connection")} among ${
        counted(workers, "worker")
      }: each needs one`,
      `Give --workers at most ${connections}.`,
    );
  }
  return {
    scale: given.scale,
    loop,
    rate: given.rate ?? scenario.rate,
    concurrency: given.concurrency ?? 0,
    duration: given.duration ?? scenario.duration,
    warmup: given.warmup ?? scenario.warmup,
    arms,
    seed: given.seed,
    workers,
    connections,
    inFlightCap: inFlightCap(scenario, given, slo),
    settings: scenario.settings,
    label: given.label ?? null,
    slo,
    abortOnFail: given.abortOnFail ?? false,
    ...given.untilDecided !== undefined && { untilDecided: given.untilDecided },
    thresholds: DEFAULT_THRESHOLDS,
  };
}

/** A client of a closed loop asks each request alone. @throws {UsageError} where some go on with earlier answers */
function refuseSessions({ name, operations }: LoadedScenario): void {
  const step = operations.find(({ params }) => Object.values(params).some(isCaptured));
  if (step === undefined) return;
  throw new UsageError(
    `Cannot run ${name} in a closed loop: its operation ${step.name} goes on with what an earlier request of its ` +
      "session answered, and the clients of a closed loop ask each request alone",
    "Leave out --concurrency, and say by --rate how many sessions arrive a second.",
  );
}

/**
 * By Little's law a system that answers just within its targets has rate × time requests under way: a cap below
 * that would shed before a target is missed.
 */
function inFlightCap(scenario: LoadedScenario, given: BenchArguments, slo: string | null): number {
  const { inFlight, streams, rate, file } = scenario;
  const slowestMs = Math.max(
    0,
    ...(slo === null ? [] : parseSlo(slo)).filter(({ metric }) => metric === "quantile").map(({ limit }) =>
      limit
    ),
  );
  const peak = peakRate(streams) * (given.rate ?? rate) / rate;
  const needed = given.concurrency ?? Math.ceil(peak * slowestMs / 1000);
  if (needed > MOST_IN_FLIGHT) {
    throw new UsageError(
      `Cannot keep ${needed} requests in flight, as ${peak} requests/s need at the ${slowestMs} ms of the targets: ` +
        `${MOST_IN_FLIGHT} fit the memory of a generator`,
      "Give a lower --rate, or a shorter time in the SLO.",
    );
  }
  if (inFlight === undefined) return Math.min(MOST_IN_FLIGHT, Math.max(IN_FLIGHT_CAP, 2 * needed));
  if (inFlight < needed) {
    const why = given.concurrency === undefined
      ? `${peak} requests/s at the ${slowestMs} ms of its targets are ${needed} in flight`
      : `${needed} clients are asked for`;
    throw faultsOf(file)(`inFlight: ${why}: it is ${inFlight}`, `Write at least ${needed}, or leave it out.`);
  }
  return inFlight;
}

/** Targets of the command line about what its arms do not measure would be found out after the run. */
function checkMeasured(slo: string, { scopes }: LoadedScenario, arms: readonly PlannedArm[]): void {
  const cached = arms.filter(({ path }) => pathOf(path).cached);
  const what = arms.some(({ file }) => file !== null) ? "arms" : "paths";
  for (const { text, scope, metric } of parseSlo(slo)) {
    const { arm } = resolveScope(scope, scopes)!;
    const judged = (metric === "hit" ? cached : arms).filter(({ name }) => arm === null || name === arm);
    if (judged.length > 0) continue;
    const lacking = metric === "hit" ? "with a cache " : "";
    throw new UsageError(
      `Cannot judge the SLO term "${text}": none of its ${what} ${lacking}is measured (${what}: ${
        arms.map(({ name }) => name).join(", ")
      })`,
      "Give other --paths, or leave that term out.",
    );
  }
}
