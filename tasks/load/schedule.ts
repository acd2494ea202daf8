import type { Phase } from "../model/run.ts";
import { type BlockPlan, planBlocks } from "./blocks.ts";
import { endOf } from "./plan.ts";

/**
 * What measuring takes: who is asked when, and what else is done meanwhile. Whoever follows a run learns of its phases
 * as they begin, by events: they need not all be known when it starts.
 */
export interface Schedule {
  /** In order of time, from 0, without gaps. */
  readonly phases: readonly Phase[];
  readonly actions: readonly Action[];
  readonly outages: readonly Outage[];
}

/** A moment of a schedule: µs from its start, or where a phase begins or ends. */
export type Moment =
  | { readonly atUs: number }
  | { readonly phaseId: number; readonly edge: "start" | "end" };

/** Something that is done at a moment of a run, while the load goes on. */
export interface Action {
  /** For people. */
  readonly name: string;
  readonly at: Moment;
  /** The phase that is over when this is, and not only when it was planned to be. */
  readonly ends?: number;
  /** It need not come to be: that the run is over before is nothing to tell. */
  readonly optional?: true;
  /**
   * Does it, in the main thread. What it throws is told, and ends nothing.
   * @param signal aborted when the run is over: then it has a moment to end
   */
  run(signal: AbortSignal): Promise<void>;
}

/** A time in which an instance may be away, as a restart is what the run is there to measure: else it crashes. */
export interface Outage {
  /** Its name. */
  readonly instance: string;
  readonly from: Moment;
  /** From here on it must be there again. */
  readonly until: Moment;
}

/** An outage on the run's clock. */
export interface TimedOutage extends Pick<Outage, "instance"> {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** A moment at which something happens. */
export type Turn =
  & { readonly atUs: number }
  & ({ readonly state: "began" | "ended"; readonly phase: Phase } | { readonly action: Action });

/** A schedule of blocks, see `planBlocks`, in which nothing else is done. */
export function blockSchedule(plan: BlockPlan): Schedule {
  return { phases: planBlocks(plan), actions: [], outages: [] };
}

/** @throws {RangeError} where one has a moment that the phases do not cover */
export function outagesOf({ outages, phases }: Schedule): TimedOutage[] {
  return outages.map(({ instance, from, until }) => {
    const at = (moment: Moment) => timeOf(`outage of ${instance}`, moment, phases);
    return { instance, fromUs: at(from), untilUs: at(until) };
  });
}

/**
 * All that happens, in order of time: at one moment a phase ends, the next begins, and then actions start.
 * @throws {RangeError} where an action has a moment that the phases do not cover
 */
export function* turnsOf({ phases, actions }: Schedule): Generator<Turn, undefined> {
  const waiting = actions.map((action) => ({ atUs: timeOf(action.name, action.at, phases), action }))
    .sort((a, b) => a.atUs - b.atUs);
  for (const phase of phases) {
    yield { atUs: phase.startUs, state: "began", phase };
    while (waiting.length > 0 && waiting[0]!.atUs < phase.endUs) yield waiting.shift()!;
    yield { atUs: phase.endUs, state: "ended", phase };
  }
  yield* waiting;
  return undefined;
}

function timeOf(name: string, at: Moment, phases: readonly Phase[]): number {
  const phase = "atUs" in at ? null : phases.find(({ phaseId }) => phaseId === at.phaseId);
  const atUs = "atUs" in at ? at.atUs : at.edge === "start" ? phase?.startUs : phase?.endUs;
  if (atUs !== undefined && atUs >= 0 && atUs <= endOf(phases)) return atUs;
  throw new RangeError(`The moment of "${name}" must lie within the schedule: it is ${JSON.stringify(at)}`);
}
