import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { loadArmQueries } from "../load/arms.ts";
import { inArmFile, queriesOf, readArmFile } from "../load/arm_file.ts";
import { leavesWrites, meantSetting } from "../load/arm_session.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { armCalled, type PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { isDirect } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";
import { checkScaling } from "./check_scaling.ts";
import { askablePaths, parsePaths, withPaths } from "./path_options.ts";
import type { GivenArm, ReadArm } from "./arm_options.ts";

/** Loads the scenario again with further settings. */
type Reload = (settings: Readonly<Record<string, string>>) => Promise<LoadedScenario>;

/**
 * What the files of `--arm` say.
 * @param scenario with the settings of the command line
 * @throws {UsageError} naming the file at fault
 */
export async function readArms(
  given: readonly GivenArm[],
  scenario: LoadedScenario,
  reload: Reload,
): Promise<ReadArm[]> {
  const arms: ReadArm[] = [];
  for (const { name, file } of given) {
    const overrides = file === "" ? {} : await readArmFile(name, file);
    const settings = overrides.settings === undefined
      ? scenario.settings
      : await settingsOf({ name, file }, overrides.settings, scenario, reload);
    arms.push({ name, file, overrides, settings });
  }
  return arms;
}

/** All arms are asked the same: a setting that changes what is asked, or when, is the run's. */
async function settingsOf(
  arm: GivenArm,
  settings: NonNullable<ReadArm["overrides"]["settings"]>,
  scenario: LoadedScenario,
  reload: Reload,
): Promise<LoadedScenario["settings"]> {
  const texts = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
  const own = await reload(texts).catch((error) => {
    throw inArmFile(arm, error);
  });
  if (requestsOf(own) === requestsOf(scenario)) return own.settings;
  throw new UsageError(
    `Cannot use the ${armCalled(arm.name, arm.file)}: settings: ${
      Object.keys(settings).join(", ")
    } would change what is asked, and ` +
      "all arms are asked the same",
    "Give it to the whole run by --set.",
  );
}

function requestsOf({ streams, operations, rate, hitTarget }: LoadedScenario): string {
  return JSON.stringify({ streams, operations, rate, hitTarget });
}

/**
 * A scenario that these arms ask, and that targets can speak of by their names.
 * @throws {UsageError} for a path that it cannot be asked by, naming the arm's file
 */
export function withArms(scenario: LoadedScenario, arms: readonly PlannedArm[]): LoadedScenario {
  const described = arms.filter(({ file }) => file !== null);
  const known = askablePaths(scenario);
  for (const { name, file, path } of described) {
    try {
      parsePaths(path, known);
    } catch (error) {
      throw inArmFile({ name, file: file! }, error);
    }
  }
  const asked = withPaths(scenario, described.map(({ path }) => path));
  const names = [...asked.scopes.arms, ...described.map(({ name }) => name)];
  return { ...asked, scopes: { ...asked.scopes, arms: names } };
}

/**
 * Holds what arms have otherwise against their paths and the scenario.
 * @throws {UsageError} naming the file and the field that cannot be meant
 */
export async function checkArms(
  arms: readonly PlannedArm[],
  scenario: LoadedScenario,
  { graphqlUrl }: Partial<Pick<Config, "graphqlUrl">> = {},
): Promise<void> {
  checkScaling(arms, scenario, { graphqlUrl });
  for (const arm of arms) {
    const { file, overrides } = arm;
    if (file === null) continue;
    const fault = (what: string, next: string) =>
      new UsageError(`Cannot use the ${armCalled(arm.name, file)}: ${what}`, next);
    for (const [field, reaches, what] of REACHED) {
      if (overrides[field] === undefined || reaches(arm.path)) continue;
      throw fault(
        `${field}: its path is ${arm.path}, which does not ${what}`,
        `Leave it out, or give it another path.`,
      );
    }
    if (graphqlUrl !== undefined && overrides.change !== undefined && !isDirect(pathOf(arm.path))) {
      throw fault(
        `its path is ${arm.path}, and the service at GRAPHQL_URL is not over the clone that the change is applied to`,
        "Unset GRAPHQL_URL, so that Benchbook starts a PostGraphile over each, or begin --paths with sql.",
      );
    }
    checkWrites(arm, scenario, fault);
    const queries = queriesOf(file, overrides);
    if (queries === null) continue;
    if (!existsSync(queries)) throw fault(`queries: there is no folder ${queries}`, "Correct its path.");
    const { suffix } = pathOf(arm.path);
    const files = scenario.operations.map(({ name }) => `${name}${suffix}`);
    if (!files.some((name) => existsSync(join(queries, name)))) {
      throw fault(
        `queries: ${queries} has no file that replaces one of the scenario's`,
        `Name it like one of ${files.join(", ")}.`,
      );
    }
    await loadArmQueries(queries, scenario, suffix).catch((error) => {
      throw inArmFile({ name: arm.name, file }, error);
    });
  }
}

type Field = "session" | "databaseUrl" | "redisUrl" | "graphqlUrl" | "instances" | "balancer";

/** Fields that only some paths have a use for. */
const REACHED: readonly [Field, (path: string) => boolean, string][] = [
  ["session", (path) => isDirect(pathOf(path)), "connect to PostgreSQL by itself"],
  ["databaseUrl", (path) => isDirect(pathOf(path)), "connect to PostgreSQL by itself"],
  ["redisUrl", (path) => pathOf(path).needs.includes("redis"), "ask Redis"],
  ["graphqlUrl", (path) => pathOf(path).needs.includes("graphql"), "ask GraphQL"],
  ["instances", (path) => pathOf(path).needs.includes("graphql"), "ask GraphQL"],
  ["balancer", (path) => pathOf(path).needs.includes("graphql"), "ask GraphQL"],
];

/** What is written is taken back only in databases that are known, and only what is known to bear the run's keys. */
function checkWrites(
  { overrides, proven }: PlannedArm,
  { name, operations }: LoadedScenario,
  fault: (what: string, next: string) => UsageError,
): void {
  if (!operations.some(({ write }) => write)) return;
  // Which database another service writes into nobody can tell.
  if (overrides.graphqlUrl !== undefined) {
    throw fault(
      `graphqlUrl: the scenario ${name} writes, and Benchbook takes back only what is written into the run's own database`,
      "Leave it out, or take a scenario that only reads.",
    );
  }
  const elsewhere = Object.keys(overrides.session ?? {}).find((setting) => !leavesWrites(setting));
  if (elsewhere !== undefined) {
    const meant = meantSetting(elsewhere);
    throw fault(
      `session.${elsewhere}: the scenario ${name} writes, and this setting may change where it writes or what is ` +
        "checked, so that Benchbook could not take it back",
      `${meant === undefined ? "" : `Did you mean "${meant}"? `}` +
        "With it only settings of the planner, of memory, of parallel workers and of the commit can be compared: leave " +
        "this one out, or take a scenario that only reads.",
    );
  }
  for (const field of ["queries", "session", "databaseUrl"] as const) {
    if (overrides[field] === undefined || proven) continue;
    throw fault(
      `${field}: the scenario ${name} writes, and --no-prove leaves unproven what is written`,
      "Leave out --no-prove, or take a scenario that only reads.",
    );
  }
}
