import type { RunEventHub } from "../load/run_events.ts";
import type { Operation } from "../model/operation.ts";
import type { Phase, RunConfig } from "../model/run.ts";
import { parseSlo, type ScopeNames } from "../model/slo.ts";
import { formatSeconds } from "../model/units.ts";
import { WindowJudge } from "../summary/window_judge.ts";

/** A run whose targets are watched. */
export interface Targeted {
  readonly config: Pick<RunConfig, "slo">;
  /** After so long a slot has come to its end. */
  readonly longestMs: number;
  readonly phases: readonly Phase[];
  /** As the store numbers them. */
  readonly operations: readonly Operation[];
  /** What scopes can name. */
  readonly names: ScopeNames;
}

/**
 * Watches a run's targets over windows while it goes on.
 * @param onMissed called once, with what can no longer be met, as a sentence
 */
export function watchTargets(
  events: RunEventHub,
  { config, longestMs, phases, operations, names }: Targeted,
  onMissed: (what: string) => void,
): void {
  const judge = new WindowJudge({ terms: parseSlo(config.slo!), names, phases, longestMs });
  const keys = operations.map(({ arm, name, stream }) => judge.keysOf(arm, name, stream));
  let missed = false;
  events.on("completed", ({ slots, untilUs }) => {
    if (missed) return;
    for (const { operationId, doneUs, outcome, responseUs, cache } of slots) {
      judge.add(keys[operationId]!, doneUs, outcome, responseUs, cache);
    }
    const [first] = judge.advance(untilUs);
    if (first === undefined) return;
    missed = true;
    const { term, arm, atUs } = first;
    onMissed(
      `${term.text} is missed over ${arm} in the window from ${formatSeconds(Math.round(atUs / 1e6))}`,
    );
  });
}
