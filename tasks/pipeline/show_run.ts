import { cutPhases } from "../load/cuts.ts";
import type { Progress } from "../load/messages.ts";
import { endOf } from "../load/plan.ts";
import type { RunEventHub, Step } from "../load/run_events.ts";
import type { Schedule } from "../load/schedule.ts";
import { firstMeasuredBlock } from "../model/phases.ts";
import type { Phase } from "../model/run.ts";
import { counted, formatCount } from "../model/units.ts";
import { liveLine, liveLines } from "../terminal/live_text.ts";
import type { StepProgress, Terminal } from "../terminal/terminal.ts";

/** Shows how a run goes. @param closed whether its loop is @param progress of the step that the run is */
export function showRun(
  events: RunEventHub,
  { phases: planned, actions, closed }: Schedule & { readonly closed: boolean },
  terminal: Terminal,
  progress: StepProgress,
): void {
  const text = terminal.live ? liveLines : liveLine;
  let phases = planned;
  const measuredFrom = firstMeasuredBlock(planned);
  const shown = ({ block, arm, segment }: Phase) => ({ warmup: block < measuredFrom, arm, segment });
  // Until these are over nobody knows when the run is.
  let ending = actions.filter(({ ends }) => ends !== undefined).length;
  let phase = shown(planned[0]!);
  events.on("phase", (event) => {
    if (event.state === "began") phase = shown(event.phase);
  });
  events.on("cut", (cut) => {
    phases = cutPhases(phases, cut);
    ending--;
  });
  events.on("tick", (tick) => {
    progress(text({ ...tick, phase, closed, totalUs: ending > 0 ? null : endOf(phases) }));
  });
  events.on("note", (text) => progress.note(text));
  events.on("step", (step) => {
    if (step.error !== null) progress.note(failureOf(step));
  });
  events.on("end", ({ reasons }) => {
    const missed = reasons.find(({ by }) => by === "target");
    if (missed !== undefined) terminal.print(`Ended early: ${missed.why}.`);
  });
}

/** Collects the actions of a run that fail, a sentence each. */
export function failuresOf(events: RunEventHub): readonly string[] {
  const failed: string[] = [];
  events.on("step", (step) => {
    if (step.error !== null) failed.push(`${failureOf(step)}.`);
  });
  return failed;
}

function failureOf({ name, error }: Step): string {
  return `The action "${name}" failed: ${error}`;
}

/** What a run's requests came to; cut off are those that it ended before, sent or not. */
export function requestsText({ due, ok, failed, timeout, shed }: Progress): string {
  const cutOff = due - ok - failed - timeout - shed;
  const troubles = [[failed, "failed"], [timeout, "timed out"], [shed, "shed"], [cutOff, "cut off"]] as const;
  const bad = troubles.filter(([n]) => n > 0).map(([n, what]) => `, ${formatCount(n)} ${what}`).join("");
  return `${counted(due, "request")}, ${formatCount(ok)} ok${bad}`;
}
