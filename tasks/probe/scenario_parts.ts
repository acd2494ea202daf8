import { type Workload } from "../load/arms.ts";
import type { LoadedScenario, LoadStream } from "../load/scenario.ts";
import type { PathName } from "../model/operation.ts";
import { isCaptured, type ScenarioOperation } from "../model/scenario.ts";
import type { ArmTarget } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";
import type { LoadPart, ProbedOperation, ProbedStream } from "./load_part.ts";

/** Streams of a scenario without its writes, and what they leave out. */
export interface ScenarioReads {
  readonly streams: readonly (Pick<LoadStream, "name" | "arrivals" | "rate" | "session"> & {
    readonly operations: readonly ScenarioOperation[];
  })[];
  /** Names of operations. */
  readonly left: readonly string[];
}

/** What a scenario reads: of a session that writes only the steps stay that need no answer to a write. Stages are left out. */
export function readsOf(
  { streams, operations }: Pick<LoadedScenario, "streams" | "operations">,
): ScenarioReads {
  const left = new Set<string>();
  const kept = streams.map(({ name, arrivals, rate, stages, session, first, count }) => {
    const own = operations.slice(first, first + count).filter((operation) => {
      const needs = Object.values(operation.params).filter(isCaptured).some(({ from }) => left.has(from));
      if (operation.write || needs) left.add(operation.name);
      return !operation.write && !needs;
    });
    return {
      name,
      arrivals,
      rate: rate > 0 ? rate : Math.max(...(stages ?? []).map((stage) => stage.rate)),
      session,
      operations: own,
    };
  });
  return { streams: kept.filter((stream) => stream.operations.length > 0), left: [...left] };
}

/**
 * The load of a scenario's reads over some paths at once, of which each gets an equal share.
 * @param workload the questions of the reads, in the order of their streams
 * @param targets in the order of the paths
 */
export function scenarioParts(
  { name, workload: folder }: Pick<LoadedScenario, "name" | "workload">,
  { streams }: ScenarioReads,
  workload: Workload,
  targets: readonly { readonly path: PathName; readonly target: ArmTarget }[],
): LoadPart[] {
  return targets.map(({ path, target }): LoadPart => {
    let at = 0;
    return {
      name: `${name}:${path}`,
      path,
      workload: folder,
      target: { ...target, inTurn: true },
      streams: streams.map((stream): ProbedStream => ({
        ...stream,
        name: `${name}:${stream.name}:${path}`,
        rate: stream.rate / targets.length,
        operations: stream.operations.map((operation): ProbedOperation => {
          const question = workload[at++]!;
          const asked = question.statements[pathOf(path).suffix]!;
          const { parameters } = "parameters" in asked ? asked : question.sql;
          return { ...operation, text: asked.text, parameters };
        }),
      })),
    };
  });
}
