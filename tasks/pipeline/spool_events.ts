import type { RunEventHub } from "../load/run_events.ts";
import type { Phase, Run } from "../model/run.ts";
import type { Spool } from "../store/spool.ts";

/** Writes what happens in a run into its spool. @param phases as they are planned */
export function spoolEvents(events: RunEventHub, spool: Spool, run: Run, phases: readonly Phase[]): void {
  events.on("start", ({ startedAt }) => {
    spool.run({ ...run, startedAt });
    // Written now, so that rows of a killed run still have their phases.
    spool.phases(phases);
  });
  events.on("sample", (samples) => spool.samples(samples));
  events.on("end", ({ status, phases: were }) => {
    const endUs = were.at(-1)?.endUs ?? 0;
    const never = phases.slice(were.length).map((phase) => ({ ...phase, startUs: endUs, endUs }));
    spool.phases([...were, ...never]);
    spool.end({ status, endedAt: new Date() });
  });
}
