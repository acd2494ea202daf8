import { type Command, InvalidArgumentError } from "commander";
import { nameForm } from "../load/name_form.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { armCalled, type ArmOverrides, type PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import type { SettingValues } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import { armAPath } from "../paths/arm_a_path.ts";
import { PATHS, REFERENCE } from "../paths/registry.ts";
import { parsePaths } from "./path_options.ts";

/** An arm as `--arm` names it. */
export interface GivenArm {
  readonly name: string;
  /** Empty: a twin of the baseline. */
  readonly file: string;
}

/** A given arm, and what its file says. */
export interface ReadArm extends GivenArm {
  readonly overrides: ArmOverrides;
  /** The scenario's settings as they are in it. */
  readonly settings: SettingValues;
}

/** What the command line says of a run's arms. */
export interface ArmArguments {
  readonly paths?: string;
  readonly arm?: readonly GivenArm[];
  /** Names of arms whose results are not compared. */
  readonly prove?: readonly string[];
}

export function addArmOptions(command: Command): Command {
  return command
    .option(
      "--arm <name=file>",
      "a configuration to compare with the baseline, described by a .json or .ts file, or a change of the database as a " +
        ".sql file, applied to a clone; without a file a twin of the baseline; may be repeated",
      arm,
      [],
    )
    .option(
      "--no-prove <name>",
      "do not compare the results of this arm with the others' before timing; may be repeated",
      unproven,
      [],
    );
}

/** One more `--arm NAME=FILE`. */
function arm(text: string, before: readonly GivenArm[]): GivenArm[] {
  const at = text.indexOf("=");
  if (at < 0) {
    throw new InvalidArgumentError(
      'Write it like "indexed=indexed.json", or "twin=" for a twin of the baseline.',
    );
  }
  const name = text.slice(0, at);
  const fault = nameForm.safeParse(name).error?.issues[0]?.message;
  if (fault !== undefined) throw new InvalidArgumentError(`The name "${name}" ${fault}.`);
  // Reports tell arms by their names, and would take it for that path.
  if (PATHS.includes(name)) {
    throw new InvalidArgumentError(`"${name}" is the name of a path: choose another.`);
  }
  if (before.some((other) => other.name === name)) {
    throw new InvalidArgumentError(`Two arms are named "${name}": each needs a name of its own.`);
  }
  return [...before, { name, file: text.slice(at + 1) }];
}

/** One more `--no-prove NAME`. */
function unproven(name: string, before: readonly string[]): string[] {
  return [...before, name];
}

/** The paths that stand for themselves: all of the scenario's, or where arms are given too, the baseline's. */
export function measuredPaths(
  scenario: Pick<LoadedScenario, "paths">,
  { paths, arm = [] }: Pick<ArmArguments, "paths" | "arm">,
): readonly string[] {
  if (paths !== undefined) return parsePaths(paths, scenario.paths);
  if (arm.length === 0) return scenario.paths;
  return [scenario.paths.includes(REFERENCE) ? REFERENCE : scenario.paths[0]!];
}

/** An arm for each path that is measured. */
export function armsOfPaths(scenario: LoadedScenario, given: ArmArguments): PlannedArm[] {
  return plannedArms(scenario, given, []);
}

/** What the version before is called, which all else is compared with. */
const BASE = "base";

/** A change is measured against the database without it. @throws {UsageError} where it is to be the baseline */
function refuseChangedBase(described: readonly ReadArm[]): void {
  const base = described.find(({ name }) => name === BASE);
  if (base?.overrides.change === undefined) return;
  throw new UsageError(
    `Cannot compare with ${
      armCalled(BASE, base.file ?? "")
    }: it is a change of the database, which is compared with the unchanged one`,
    "Give it another name: what it is compared with is the arm without it.",
  );
}

/** Targets and reports speak of arms, streams and operations by their names. */
function refuseTakenNames(scenario: LoadedScenario, described: readonly ReadArm[]): void {
  const { name: of, streams, operations } = scenario;
  const taken = new Map([
    ["all", "the name of all operations together"],
    ...streams.map(({ name }) => [name, `the name of a stream of the scenario ${of}`] as const),
    ...operations.map(({ name }) => [name, `the name of an operation of the scenario ${of}`] as const),
  ]);
  for (const { name } of described) {
    const what = taken.get(name);
    if (what !== undefined) {
      throw new UsageError(`Cannot name an arm "${name}": that is ${what}`, "Choose another.");
    }
  }
}

/**
 * The arms of a run: those that stand for a path, then those that `--arm` describes. With such, the first of all is the
 * baseline, and its path is that of each that names none; but one that is called `base` is, and comes first.
 * @throws {UsageError} where `--no-prove` names none of them, or an arm has the name of something else
 */
export function plannedArms(
  scenario: LoadedScenario,
  given: ArmArguments,
  described: readonly ReadArm[],
): PlannedArm[] {
  const { prove: exempt = [] } = given;
  refuseTakenNames(scenario, described);
  const ofPaths = measuredPaths(scenario, { ...given, arm: described });
  const first = described.length === 0
    ? armAPath(ofPaths).find(({ role }) => role === "baseline")!.path
    : ofPaths[0]!;
  refuseChangedBase(described);
  const hasBase = described.some(({ name }) => name === BASE);
  const unordered: PlannedArm[] = [
    ...ofPaths.map((path): PlannedArm => ({
      name: path,
      path,
      role: path === first && !hasBase ? "baseline" : "candidate",
      file: null,
      overrides: {},
      settings: scenario.settings,
      asked: given.paths !== undefined || described.length > 0,
      proven: !exempt.includes(path),
    })),
    ...described.map(({ name, file, overrides, settings }): PlannedArm => ({
      name,
      path: overrides.path ?? first,
      role: name === BASE ? "baseline" : "candidate",
      file,
      overrides,
      settings,
      asked: true,
      proven: !exempt.includes(name),
    })),
  ];
  const isBase = ({ name }: PlannedArm) => name === BASE;
  const arms = [...unordered.filter(isBase), ...unordered.filter((arm) => !isBase(arm))];
  const names = arms.map(({ name }) => name);
  const unknown = exempt.find((name) => !names.includes(name));
  if (unknown === undefined) return arms;
  throw new UsageError(
    `Cannot exempt "${unknown}" by --no-prove: the run has no such arm`,
    hint(unknown, names),
  );
}
