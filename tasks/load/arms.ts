import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Operation } from "../model/operation.ts";
import { UsageError } from "../model/errors.ts";
import { isCaptured } from "../model/scenario.ts";
import type { LoadedScenario } from "./scenario.ts";
import { pathOf, SUFFIXES } from "../paths/registry.ts";
import type { Statement } from "../targets/target.ts";
import {
  loadQuestion,
  loadStatement,
  type Question,
  type QuestionFile,
  questionFile,
  type Suffix,
} from "../targets/workload.ts";
import type { Arm } from "./plan.ts";
import { tagsOf } from "./scenario_tags.ts";
import { checkFile, readCheck } from "./write_check.ts";

/** The questions of a scenario, in the order of its operations. */
export type Workload = readonly Question[];

/**
 * Reads the statements of a scenario's operations and holds them against what the scenario declares.
 * @throws {UsageError} naming the file at fault.
 */
export function loadWorkload(
  dir: string,
  scenario: Pick<LoadedScenario, "operations" | "paths">,
): Promise<Workload> {
  const needed = scenario.paths.map(pathOf).filter(({ tier }) => tier === undefined).map(({ suffix }) =>
    suffix
  );
  return Promise.all(scenario.operations.map(async ({ name, params, write }) => {
    const question = await loadQuestion(dir, name, needed, SUFFIXES);
    // What is wrong with it is said before anything is started.
    if (write && existsSync(checkFile(dir, name))) await readCheck(dir, name);
    else if (!write) refuseMutations(name, Object.values(question.statements) as QuestionFile[]);
    const declared = question.sql.parameters.map((parameter) => parameter.name);
    const given = Object.keys(params);
    const missing = declared.find((parameter) => !given.includes(parameter));
    const extra = given.find((parameter) => !declared.includes(parameter));
    if (missing !== undefined || extra !== undefined) {
      throw new UsageError(
        missing !== undefined
          ? `Cannot run the operation ${name}: ${question.sql.file} declares :${missing}, and the scenario draws no value for it`
          : `Cannot run the operation ${name}: the scenario draws "${extra}", and ${question.sql.file} does not declare it`,
        `Declared: ${declared.join(", ") || "none"}.`,
      );
    }
    return question;
  }));
}

/**
 * The questions that an arm asks by files of its own.
 * @param dir with a file `<operation><suffix>` for each of them
 * @returns by the index of their operations
 * @throws {UsageError} naming the file at fault
 */
export async function loadArmQueries(
  dir: string,
  scenario: Pick<LoadedScenario, "operations" | "workloadDir">,
  suffix: Suffix,
): Promise<ReadonlyMap<number, QuestionFile>> {
  const own = new Map<number, QuestionFile>();
  for (const [index, { name, write }] of scenario.operations.entries()) {
    const file = join(dir, `${name}${suffix}`);
    if (!existsSync(file)) continue;
    const { sql } = await loadQuestion(scenario.workloadDir, name, []);
    const statement = await loadStatement(file, sql, `${name}.sql`);
    if (!write) refuseMutations(name, [statement]);
    own.set(index, statement);
  }
  return own;
}

/** @throws {UsageError} where a read is asked by a mutation */
function refuseMutations(name: string, statements: readonly QuestionFile[]): void {
  const mutation = statements.find((each) => "kind" in each && each.kind === "mutation");
  if (mutation === undefined) return;
  throw new UsageError(
    `Cannot run the operation ${name} as a read: ${mutation.file} is a mutation, and the scenario does not declare that it writes`,
    `Give the operation ${name} "write: true", and a way to undo what it writes; or ask with a query.`,
  );
}

/** An arm before it is known what its statements are called. */
export interface ArmParts extends Pick<Arm, "name" | "file" | "target" | "databaseUrl"> {
  /** What it asks otherwise than the scenario, by the index of its operations. */
  readonly own?: ReadonlyMap<number, QuestionFile>;
}

/** The arms of a run, and the operations that they ask as the store records them. */
export function armsOf(
  scenario: Pick<LoadedScenario, "operations" | "streams" | "workload">,
  workload: Workload,
  targets: readonly ArmParts[],
): { arms: Arm[]; operations: Operation[] } {
  const operations: Operation[] = [];
  const arms = targets.map(({ name: arm, file, target, own, databaseUrl }): Arm => ({
    name: arm,
    ...file !== undefined && { file },
    target,
    ...databaseUrl !== undefined && { databaseUrl },
    statements: workload.map((question, index): Statement => {
      const { name, write = false, cache = true, params } = scenario.operations[index]!;
      const { path } = target;
      const asked = own?.get(index) ?? questionFile(question, pathOf(path).suffix);
      const { text } = asked;
      // The variables of GraphQL go by their names.
      const { parameters } = "parameters" in asked ? asked : question.sql;
      const operationId = operations.length;
      operations.push({
        operationId,
        workload: scenario.workload,
        stream: scenario.streams.find(({ first, count }) => index >= first && index < first + count)!.name,
        name,
        path,
        arm,
        statement: text,
        fingerprint: createHash("sha256").update(text).digest("hex").slice(0, 16),
        parameters,
      });
      return {
        operationId,
        name,
        write,
        uncached: !cache,
        usesCaptured: Object.values(params).some(isCaptured),
        ..."shape" in asked && { result: asked.shape.result },
        text,
        parameters: parameters.map((parameter) => parameter.name),
        ...tagsOf(scenario.operations[index]!, scenario.operations, parameters.map((each) => each.name)),
      };
    }),
  }));
  return { arms, operations };
}
