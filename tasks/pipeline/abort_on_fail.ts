import type { EndedRow } from "../load/ended_rows.ts";
import type { Operation } from "../model/operation.ts";
import type { RunConfig } from "../model/run.ts";
import type { Phase } from "../model/run.ts";
import { parseSlo, type ScopeNames } from "../model/slo.ts";
import { formatSeconds } from "../model/units.ts";
import { WindowJudge } from "../summary/window_judge.ts";

/** Watches a run's targets over windows while it goes on. */
export interface TargetWatch {
  /**
   * Takes in what has ended.
   * @param nowUs everything done before it has been told
   * @returns what is missed beyond doubt, as a sentence; null while nothing is
   */
  advance(rows: Iterable<EndedRow>, nowUs: number): string | null;
}

/**
 * @param operations as the store numbers them
 * @param names what scopes can name
 */
export function watchTargets(
  config: RunConfig,
  phases: readonly Phase[],
  operations: readonly Operation[],
  names: ScopeNames,
): TargetWatch {
  const judge = new WindowJudge({ terms: parseSlo(config.slo!), names, phases, timeoutMs: config.timeoutMs });
  const streams = config.streams ?? [];
  const keys = operations.map(({ path, name }) =>
    Array.from(
      { length: Math.max(1, streams.length) },
      (_, stream) => judge.keysOf(path, name, streams[stream]?.name ?? null),
    )
  );
  return {
    advance(rows, nowUs) {
      for (const { operationId, slot, doneUs, outcome, responseUs, cache } of rows) {
        const ofStreams = keys[operationId]!;
        judge.add(ofStreams[slot % ofStreams.length]!, doneUs, outcome, responseUs, cache);
      }
      const [first] = judge.advance(nowUs);
      if (first === undefined) return null;
      const { term, arm, atUs } = first;
      return `${term.text} is missed over ${arm} in the window from ${formatSeconds(Math.round(atUs / 1e6))}`;
    },
  };
}
