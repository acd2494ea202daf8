import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { BenchbookError, UsageError } from "../model/errors.ts";
import type {
  OwnTables,
  Scenario,
  ScenarioOperation,
  Session,
  Settings,
  SettingValues,
  Stream,
} from "../model/scenario.ts";
import { parseSlo, type ScopeNames } from "../model/slo.ts";
import { checkStages, type Stage } from "../model/stages.ts";
import { hint } from "../model/suggest.ts";
import { datasets } from "../seed/catalog.ts";
import { checkDraws } from "./scenario_draws.ts";
import { faultsOf } from "./scenario_fault.ts";
import { importDefault } from "./scenario_file.ts";
import { checkForm, checkStreams } from "./scenario_form.ts";
import { checkTags } from "./scenario_tags.ts";
import { resolveSettings } from "./scenario_settings.ts";

/** A stream whose operations stand among those of the whole scenario. */
export interface LoadStream {
  readonly name: string;
  readonly arrivals: "poisson" | "constant";
  /** Requests, or sessions, a second; of the first stage's beginning where there are stages. */
  readonly rate: number;
  readonly stages: readonly Stage[] | null;
  readonly session: Session | null;
  /** Its operations: from this index on, so many. */
  readonly first: number;
  readonly count: number;
}

/** A scenario as it is run: settings put in, streams laid out. */
export interface LoadedScenario extends Omit<Scenario, "streams" | "stages" | "settings" | "hitTarget"> {
  readonly rate: number;
  readonly operations: readonly ScenarioOperation[];
  readonly streams: readonly LoadStream[];
  readonly settings: SettingValues;
  /** Settings that a count of the data set limits, by name, and the count. */
  readonly seeded: Readonly<Record<string, string>>;
  /** The hit rate that keys are chosen for, 0 to 1; null: none. */
  readonly hitTarget: number | null;
  /** What a target may name. */
  readonly scopes: ScopeNames;
  /** Null where the tables are the user's own. */
  readonly datasetName: string | null;
  readonly ownTables: OwnTables | null;
  readonly file: string;
  /** Where the .sql and .graphql files of its workload lie. */
  readonly workloadDir: string;
  /** The path by which the user named the file; null: it was chosen by its name. */
  readonly givenPath: string | null;
}

export const DEFAULT_SCENARIO = "access-paths";

/** The scenarios that come with Benchbook: the files of queries/scenarios/. */
export function scenarioNames(root: string): string[] {
  return [...Deno.readDirSync(join(root, "queries/scenarios"))]
    .filter((entry) => entry.isFile && entry.name.endsWith(".ts") && !entry.name.endsWith("_test.ts"))
    .map((entry) => basename(entry.name, ".ts"))
    .sort();
}

/**
 * Loads a scenario by its name or by the path of its file.
 * @param set settings as the command line gave them
 * @throws {UsageError} for an unknown name, or naming file and field of an error in the file.
 */
export async function loadScenario(
  root: string,
  nameOrPath: string,
  set: Readonly<Record<string, string>> = {},
): Promise<LoadedScenario> {
  const isPath = nameOrPath.endsWith(".ts") || nameOrPath.includes("/");
  const names = scenarioNames(root);
  if (!isPath && !names.includes(nameOrPath)) {
    throw new UsageError(
      `Cannot run the scenario "${nameOrPath}": there is none of that name`,
      hint(nameOrPath, names),
    );
  }
  const file = isPath ? resolve(nameOrPath) : join(root, "queries/scenarios", `${nameOrPath}.ts`);
  const scenario = resolveScenario(await importDefault(file), file, set);
  const workloadDir = scenario.workload.startsWith(".") || isAbsolute(scenario.workload)
    ? resolve(dirname(file), scenario.workload)
    : join(root, "queries/workloads", scenario.workload);
  return { ...scenario, workloadDir, givenPath: isPath ? nameOrPath : null };
}

/**
 * Checks a scenario and lays it out for a run.
 * @throws {UsageError} naming the file and the first faulty field
 */
export function resolveScenario(
  value: unknown,
  file: string,
  set: Readonly<Record<string, string>> = {},
): Omit<LoadedScenario, "workloadDir" | "givenPath"> {
  const scenario = checkForm(value, file);
  const settings = resolveSettings(scenario, set, file);
  const numbers = numbersOf(settings);
  const streams = streamsOf(scenario, numbers, file);
  const { streams: _streams, stages: _stages, settings: declared, ...rest } = scenario;
  const { dataset, hitTarget } = scenario;
  const operations = streams.flatMap((stream) => stream.operations);
  const scopes = {
    arms: scenario.paths,
    operations: operations.map(({ name }) => name),
    streams: streams.map(({ name }) => name),
  };
  checkStreamsOf(scenario, streams, scopes, file);
  checkDataset(scenario, operations, file);
  if (hitTarget !== undefined && typeof settings[hitTarget] !== "number") {
    const next = hint(hitTarget, Object.keys(settings));
    throw faultsOf(file)(`hitTarget: there is no setting "${hitTarget}"`, next);
  }
  checkDraws(scenario, streams, file);
  checkTags(scenario, streams, file);
  checkSlo(scenario, scopes, file);
  return {
    ...rest,
    file,
    settings,
    seeded: Object.fromEntries(
      Object.entries(declared).flatMap(([name, setting]) =>
        "seeded" in setting && setting.seeded !== undefined ? [[name, setting.seeded]] : []
      ),
    ),
    hitTarget: (hitTarget === undefined ? 0 : numbers[hitTarget]!) / 100 || null,
    operations,
    scopes,
    rate: streams.reduce((sum, { rate }) => sum + rate, 0),
    streams: laidOut(streams),
    datasetName: typeof dataset === "string" ? dataset : null,
    ownTables: typeof dataset === "string" ? null : dataset,
  };
}

function numbersOf(settings: SettingValues): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter((setting): setting is [string, number] => typeof setting[1] === "number"),
  );
}

function checkStreamsOf(
  scenario: Scenario,
  streams: readonly Stream[],
  names: ScopeNames,
  file: string,
): void {
  const fault = faultsOf(file);
  for (const [index, { stages, rate }] of streams.entries()) {
    const within = scenario.streams === undefined ? "" : `streams[${index}].`;
    const faults = stages === undefined ? [] : checkStages(stages, rate, within);
    if (faults.length > 0) throw fault(faults[0]!);
  }
  for (const field of ["streams", "operations"] as const) {
    const repeated = names[field].find((name, index) => names[field].indexOf(name) < index);
    if (repeated !== undefined) throw fault(`${field}: "${repeated}" is there twice`);
  }
}

function checkDataset(
  { dataset, settings }: Scenario,
  operations: readonly ScenarioOperation[],
  file: string,
): void {
  const fault = faultsOf(file);
  if (typeof dataset === "string" && !Object.hasOwn(datasets, dataset)) {
    throw fault(`dataset: "${dataset}" is unknown`, hint(dataset, Object.keys(datasets)));
  }
  const counts = typeof dataset === "string" ? Object.keys(datasets[dataset]!.countOptions) : [];
  for (const [name, setting] of Object.entries(settings)) {
    const seeded = "seeded" in setting ? setting.seeded : undefined;
    if (seeded === undefined || counts.includes(seeded)) continue;
    throw fault(
      `settings.${name}.seeded: there is no count "${seeded}"`,
      counts.length === 0 ? "Tables of your own have no counts." : hint(seeded, counts),
    );
  }
  if (typeof dataset !== "string" && dataset.undo === undefined && operations.some(({ write }) => write)) {
    throw fault(
      "dataset.undo: is missing, and operations write",
      "Name a file whose SQL takes a run's writes back.",
    );
  }
}

function checkSlo({ slo }: Scenario, scopes: ScopeNames, file: string): void {
  try {
    if (slo !== undefined) parseSlo(slo, scopes);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw faultsOf(file)(`slo: ${error.message}`, error.next);
  }
}

function laidOut(streams: readonly Stream[]): LoadStream[] {
  let first = 0;
  return streams.map(
    ({ name, arrivals, rate, stages = null, session = null, operations: { length: count } }) => {
      const stream = { name, arrivals, rate, stages, session, first, count };
      first += count;
      return stream;
    },
  );
}

/** The streams as written, or the one that stands in the scenario itself. */
function streamsOf(scenario: Scenario, settings: Settings, file: string): readonly Stream[] {
  const { streams, arrivals, rate, stages, operations } = scenario;
  const single = { arrivals, rate, stages, operations };
  const given = Object.entries(single).filter(([, value]) => value !== undefined).map(([key]) => key);
  if (streams !== undefined) {
    if (given.length > 0) {
      throw faultsOf(file)(`${given[0]}: stands beside streams, which have their own`);
    }
    return typeof streams === "function" ? checkStreams(callStreams(streams, settings, file), file) : streams;
  }
  const missing = ["arrivals", "rate", "operations"].find((key) => !given.includes(key));
  if (missing !== undefined) throw faultsOf(file)(`${missing}: is missing, and there are no streams`);
  return [{ name: "main", arrivals: arrivals!, rate: rate!, stages, operations: operations! }];
}

/** What a scenario refuses itself it says in its own words; anything else is a mistake in its function. */
function callStreams(streams: (settings: Settings) => unknown, settings: Settings, file: string): unknown {
  try {
    return streams(settings);
  } catch (error) {
    if (error instanceof BenchbookError) throw error;
    throw faultsOf(file)(
      `streams: the function fails: ${(error as Error).message}`,
      `It was called with ${JSON.stringify(settings)}.`,
      { cause: error },
    );
  }
}
