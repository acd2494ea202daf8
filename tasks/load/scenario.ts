import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { UsageError } from "../model/errors.ts";
import { PATHS } from "../model/operation.ts";
import type { Scenario } from "../model/scenario.ts";
import { parseSlo } from "../model/slo.ts";
import { datasets, keySpaces } from "../seed/catalog.ts";
import { hint } from "../model/suggest.ts";

/** A scenario with the places it was read from. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly file: string;
  /** Where the .sql and .graphql files of its workload lie. */
  readonly workloadDir: string;
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
 * @throws {UsageError} for an unknown name, or naming file and field of an error in the file.
 */
export async function loadScenario(root: string, nameOrPath: string): Promise<LoadedScenario> {
  const isPath = nameOrPath.endsWith(".ts") || nameOrPath.includes("/");
  const names = scenarioNames(root);
  if (!isPath && !names.includes(nameOrPath)) {
    throw new UsageError(
      `Cannot run the scenario "${nameOrPath}": there is none of that name`,
      hint(nameOrPath, names),
    );
  }
  const file = isPath ? resolve(nameOrPath) : join(root, "queries/scenarios", `${nameOrPath}.ts`);
  const scenario = validateScenario(await importDefault(file), file);
  const workloadDir = scenario.workload.startsWith(".") || isAbsolute(scenario.workload)
    ? resolve(dirname(file), scenario.workload)
    : join(root, "queries/workloads", scenario.workload);
  return { scenario, file, workloadDir };
}

async function importDefault(file: string): Promise<unknown> {
  try {
    await Deno.stat(file);
  } catch {
    throw new UsageError(`Cannot run the scenario file ${file}: there is no such file`);
  }
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new UsageError(`Cannot load the scenario file ${file}: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
  if (module.default === undefined) {
    throw new UsageError(
      `Cannot use the scenario file ${file}: it has no default export`,
      "Write `export default { … } satisfies Scenario`.",
    );
  }
  return module.default;
}

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "must be lower-case words joined by hyphens");
const positive = z.number().positive().finite();
const keys = z.string().min(1);
const weights = z.array(z.number().nonnegative()).optional();

const draw = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("zipf"), keys, s: z.number().min(0).max(5) }),
  z.strictObject({ kind: z.literal("uniform"), keys }),
  z.strictObject({ kind: z.literal("recent"), keys, mean: z.number().positive().max(1) }),
  z.strictObject({ kind: z.literal("integer"), min: z.int(), max: z.int() }),
  z.strictObject({
    kind: z.literal("choice"),
    values: z.array(z.union([z.string(), z.number()])).min(1),
    weights,
  }),
  z.strictObject({ kind: z.literal("sample"), keys, count: z.int().min(1).max(16) }),
  z.strictObject({ kind: z.literal("integers"), min: z.int(), max: z.int(), count: z.int().min(1).max(16) }),
  z.strictObject({ kind: z.literal("after"), of: z.string().min(1), days: z.int().min(0) }),
  z.strictObject({ kind: z.literal("reserved"), keys }),
]).superRefine((value, context) => {
  if ("min" in value && value.min > value.max) {
    context.addIssue({ code: "custom", message: `min must not exceed max: ${value.min} > ${value.max}` });
  }
  if (value.kind === "choice" && value.weights && value.weights.length !== value.values.length) {
    context.addIssue({
      code: "custom",
      message: `weights must be as many as values: ${value.weights.length}`,
    });
  }
});

const schema = z.strictObject({
  name,
  title: z.string().min(1),
  dataset: name,
  workload: z.string().min(1),
  arrivals: z.enum(["poisson", "constant"]),
  rate: positive.max(1_000_000),
  duration: positive,
  warmup: z.number().nonnegative(),
  block: positive,
  washout: z.number().nonnegative(),
  timeout: positive,
  paths: z.array(z.enum(PATHS)).min(1),
  operations: z.array(z.strictObject({
    name,
    weight: positive,
    params: z.record(z.string(), draw),
    write: z.boolean().optional(),
  })).min(1),
  slo: z.string().optional(),
  settings: z.record(
    z.string(),
    z.strictObject({
      default: z.number(),
      min: z.number(),
      max: z.number(),
      unit: z.string(),
      describe: z.string(),
    }),
  ),
});

/** @throws {UsageError} naming the file and the first faulty field. */
export function validateScenario(value: unknown, file: string): Scenario {
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const current = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    );
    const field = fieldName(issue.path);
    throw new UsageError(
      `Cannot use the scenario file ${file}: ${field === "" ? "it" : field}: ${issue.message}` +
        (issue.code === "unrecognized_keys" ? "" : ` (it is ${JSON.stringify(current) ?? "missing"})`),
      "The type Scenario in tasks/model/scenario.ts describes every field.",
    );
  }
  const scenario = result.data as Scenario;
  try {
    if (scenario.slo !== undefined) parseSlo(scenario.slo);
  } catch (error) {
    throw new UsageError(`Cannot use the scenario file ${file}: slo: ${(error as Error).message}`);
  }
  const known = Object.keys(datasets);
  if (!known.includes(scenario.dataset)) {
    throw new UsageError(
      `Cannot use the scenario file ${file}: dataset: "${scenario.dataset}" is unknown`,
      hint(scenario.dataset, known),
    );
  }
  checkDraws(scenario, file);
  const repeated = scenario.operations.find(({ name }, index) =>
    scenario.operations.findIndex((other) => other.name === name) < index
  );
  if (repeated) {
    throw new UsageError(
      `Cannot use the scenario file ${file}: operations: "${repeated.name}" stands there twice`,
    );
  }
  return scenario;
}

/** Draws name key spaces of the data set, and parameters that were drawn before. */
function checkDraws(scenario: Scenario, file: string): void {
  const spaces = Object.keys(keySpaces(scenario.dataset, {}));
  for (const [index, { params }] of scenario.operations.entries()) {
    const before: string[] = [];
    for (const [parameter, draw] of Object.entries(params)) {
      const field = `operations[${index}].params.${parameter}`;
      if ("keys" in draw && !spaces.includes(draw.keys)) {
        throw new UsageError(
          `Cannot use the scenario file ${file}: ${field}.keys: ${scenario.dataset} has no key space "${draw.keys}"`,
          hint(draw.keys, spaces),
        );
      }
      if (draw.kind === "after" && !before.includes(draw.of)) {
        throw new UsageError(
          `Cannot use the scenario file ${file}: ${field}.of: no parameter "${draw.of}" is drawn before it`,
          hint(draw.of, before),
        );
      }
      before.push(parameter);
    }
  }
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.map((key, index) =>
    typeof key === "number" ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`
  )
    .join("");
}
