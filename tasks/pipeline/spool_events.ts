import { cutPhases } from "../load/cuts.ts";
import type { RunEventHub } from "../load/run_events.ts";
import type { Phase, Run } from "../model/run.ts";
import type { Spool } from "../store/spool.ts";

/** Writes what happens in a run into its spool. @param planned its phases */
export function spoolEvents(events: RunEventHub, spool: Spool, run: Run, planned: readonly Phase[]): void {
  let phases = planned;
  events.on("start", ({ startedAt }) => {
    spool.run({ ...run, startedAt });
    // Written now, so that rows of a killed run still have their phases.
    spool.phases(phases);
  });
  events.on("cut", (cut) => {
    phases = cutPhases(phases, cut);
    spool.phases(phases);
  });
  events.on("sample", (samples) => spool.samples(samples));
  events.on("rows", ({ table, rows }) => spool.write(table, rows));
  events.on("end", ({ status, phases: were }) => {
    const endUs = were.at(-1)?.endUs ?? 0;
    const never = phases.slice(were.length).map((phase) => ({ ...phase, startUs: endUs, endUs }));
    spool.phases([...were, ...never]);
    spool.end({ status, endedAt: new Date() });
  });
}
