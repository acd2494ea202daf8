import type { RunEventHub } from "../load/run_events.ts";
import type { Operation } from "../model/operation.ts";
import type { Phase, RunConfig } from "../model/run.ts";
import { parseSlo, type ScopeNames } from "../model/slo.ts";
import { formatSeconds } from "../model/units.ts";
import { WindowJudge } from "../summary/window_judge.ts";

/** A run whose targets are watched. */
export interface Targeted {
  readonly config: Pick<RunConfig, "slo" | "timeoutMs" | "streams">;
  readonly phases: readonly Phase[];
  /** As the store numbers them. */
  readonly operations: readonly Operation[];
  /** What scopes can name. */
  readonly names: ScopeNames;
}

/**
 * Watches a run's targets over windows while it goes on.
 * @param onMissed called once, with what is missed beyond doubt as a sentence
 */
export function watchTargets(
  events: RunEventHub,
  { config, phases, operations, names }: Targeted,
  onMissed: (what: string) => void,
): void {
  const judge = new WindowJudge({ terms: parseSlo(config.slo!), names, phases, timeoutMs: config.timeoutMs });
  const streams = config.streams ?? [];
  const keys = operations.map(({ path, name }) =>
    Array.from(
      { length: Math.max(1, streams.length) },
      (_, stream) => judge.keysOf(path, name, streams[stream]?.name ?? null),
    )
  );
  let missed = false;
  events.on("ended", ({ rows, untilUs }) => {
    if (missed) return;
    for (const { operationId, slot, doneUs, outcome, responseUs, cache } of rows) {
      const ofStreams = keys[operationId]!;
      judge.add(ofStreams[slot % ofStreams.length]!, doneUs, outcome, responseUs, cache);
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
