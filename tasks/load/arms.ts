import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Operation } from "../model/operation.ts";
import type { ArmRecord } from "../model/run.ts";
import { UsageError } from "../model/errors.ts";
import { isCaptured } from "../model/scenario.ts";
import type { LoadedScenario } from "./scenario.ts";
import type { ArmTarget } from "../paths/path.ts";
import { pathOf, reference, SUFFIXES } from "../paths/registry.ts";
import type { Statement } from "../targets/target.ts";
import { loadQuestion, type Question, type QuestionFile } from "../targets/workload.ts";
import type { Arm } from "./plan.ts";
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
  const needed = scenario.paths.map((path) => pathOf(path).suffix);
  return Promise.all(scenario.operations.map(async ({ name, params, write }) => {
    const question = await loadQuestion(dir, name, needed, SUFFIXES);
    const mutation = (Object.values(question.statements) as QuestionFile[]).find((each) =>
      "kind" in each && each.kind === "mutation"
    );
    if (mutation !== undefined && !write) {
      throw new UsageError(
        `Cannot run the operation ${name} as a read: ${mutation.file} is a mutation, and the scenario does not declare that it writes`,
        `Give the operation ${name} "write: true", and a way to undo what it writes; or ask with a query.`,
      );
    }
    // What is wrong with it is said before anything is started.
    if (write && existsSync(checkFile(dir, name))) await readCheck(dir, name);
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

/** Arms as the store records them: direct SQL is the baseline where one asks by it, else the first arm. */
export function armRecords(arms: readonly Pick<Arm, "name" | "target">[]): ArmRecord[] {
  const baseline = arms.find(({ target }) => target.path === reference.name) ?? arms[0];
  return arms.map((arm, armId) => ({
    armId,
    name: arm.name,
    path: arm.target.path,
    role: arm === baseline ? "baseline" : "candidate",
    overrides: {},
  }));
}

/** The arms of a run, and the operations that they ask as the store records them. */
export function armsOf(
  scenario: Pick<LoadedScenario, "operations" | "streams" | "workload">,
  workload: Workload,
  targets: readonly { readonly name: string; readonly target: ArmTarget }[],
): { arms: Arm[]; operations: Operation[] } {
  const operations: Operation[] = [];
  const arms = targets.map(({ name: arm, target }): Arm => ({
    name: arm,
    target,
    statements: workload.map((question, index): Statement => {
      const { name, write = false, cache = true, params } = scenario.operations[index]!;
      const { path } = target;
      const asked = question.statements[pathOf(path).suffix]!;
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
        text,
        parameters: parameters.map((parameter) => parameter.name),
      };
    }),
  }));
  return { arms, operations };
}
