import { createHash } from "node:crypto";
import type { Operation, PathName } from "../model/operation.ts";
import { UsageError } from "../model/errors.ts";
import type { LoadedScenario } from "./scenario.ts";
import type { Statement } from "../targets/target.ts";
import { loadQuestion, type Question } from "../targets/workload.ts";
import type { Arm, ArmTarget } from "./plan.ts";

/** The questions of a scenario, in the order of its operations. */
export type Workload = readonly Question[];

/**
 * Reads the statements of a scenario's operations and holds them against what the scenario declares.
 * @throws {UsageError} naming the file at fault.
 */
export function loadWorkload(dir: string, scenario: Pick<LoadedScenario, "operations" | "paths">): Workload {
  return scenario.operations.map(({ name, params, write }) => {
    const question = loadQuestion(dir, name, scenario.paths.includes("graphql"));
    if (question.graphql?.kind === "mutation" && !write) {
      throw new UsageError(
        `Cannot run the operation ${name} as a read: ${question.graphql.file} is a mutation, and the scenario does not declare that it writes`,
        `Give the operation ${name} "write: true", and a way to undo what it writes; or ask with a query.`,
      );
    }
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
  });
}

/** The arms of a run, and the operations that they ask as the store records them. */
export function armsOf(
  scenario: Pick<LoadedScenario, "operations" | "streams" | "workload">,
  workload: Workload,
  targets: readonly { readonly name: PathName; readonly target: ArmTarget }[],
): { arms: Arm[]; operations: Operation[] } {
  const operations: Operation[] = [];
  const arms = targets.map(({ name: path, target }): Arm => ({
    name: path,
    target,
    statements: workload.map((question, index): Statement => {
      const { name, write = false, cache = true, params } = scenario.operations[index]!;
      const text = path === "graphql" ? question.graphql!.text : question.sql.text;
      const { parameters } = question.sql;
      const operationId = operations.length;
      operations.push({
        operationId,
        workload: scenario.workload,
        stream: scenario.streams.find(({ first, count }) => index >= first && index < first + count)!.name,
        name,
        path,
        arm: path,
        statement: text,
        fingerprint: createHash("sha256").update(text).digest("hex").slice(0, 16),
        parameters,
      });
      return {
        operationId,
        name,
        write,
        uncached: !cache,
        carries: Object.values(params).some(({ kind }) => kind === "carried"),
        text,
        parameters: parameters.map((parameter) => parameter.name),
      };
    }),
  }));
  return { arms, operations };
}
