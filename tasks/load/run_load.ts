import type { Phase } from "../model/run.ts";
import { truncatePhases } from "./blocks.ts";
import { monotonicUs } from "../net/clock.ts";
import { Crew } from "./crew.ts";
import { waitsItself } from "./generator_loop.ts";
import { completedSlots } from "./completed_slots.ts";
import { EventHub } from "./event_hub.ts";
import { LiveView } from "./live_view.ts";
import { addProgress, NO_PROGRESS, type Progress } from "./messages.ts";
import { endOf, type LoadPlan } from "./plan.ts";
import type { RunEventHub, RunEvents } from "./run_events.ts";
import { standingBack } from "../net/priority.ts";

export interface LoadOptions {
  readonly plan: LoadPlan;
  /** Ends the run early; what was measured is kept. */
  readonly signal: AbortSignal;
  /** Told of the start, ticks and samples, and of slots as they are completed where somebody listens to that. */
  readonly events?: RunEventHub;
}

export interface LoadResult {
  readonly progress: Progress;
  /** The wall time of the run's zero; null where it ended before. */
  readonly startedAt: Date | null;
  /** The phases as they were: cut where the run ended early. */
  readonly phases: readonly Phase[];
  readonly interrupted: boolean;
  /** What was not as it should be with the generators' way to the system, in whole sentences. */
  readonly notes: readonly string[];
}

/** Time between "all are ready" and the run's zero, so that every worker has its order by then. */
const LEAD_US = 100_000;

/**
 * Makes the load of a plan on its worker threads and waits for the end.
 * @throws {ServiceError} when a generator cannot reach its system or fails.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { signal, events = new EventHub<RunEvents>() } = options;
  const plan = { ...options.plan, tellCompleted: events.has("completed") };
  const slots = new SharedArrayBuffer(8);
  const needAlarm = !waitsItself(plan.arms);
  const crew = Array.from({ length: plan.workers }, (_, worker) => new Crew(plan, worker, slots, needAlarm));
  try {
    await readyOrAborted(crew, signal);
    if (signal.aborted) {
      return { progress: NO_PROGRESS, startedAt: null, phases: [], interrupted: true, notes: [] };
    }
    const originUs = monotonicUs() + LEAD_US;
    const nowUs = () => monotonicUs() - originUs;
    const startedAt = new Date(Date.now() + LEAD_US / 1000);
    let endedUs = Infinity;
    const stop = () => {
      endedUs = Math.max(0, nowUs());
      for (const member of crew) member.stop();
    };
    signal.addEventListener("abort", stop);
    const live = new LiveView();
    const heardUs = crew.map(() => 0);
    for (const [index, member] of crew.entries()) {
      member.onProgress = (samples, completed, untilUs) => {
        // Workers speak in turn: what was done is known of all up to the one not heard for longest.
        heardUs[index] = untilUs;
        if (plan.tellCompleted) {
          events.emit("completed", { slots: completedSlots(completed), untilUs: Math.min(...heardUs) });
        }
        events.emit("sample", samples);
        const { tick } = member.progress;
        if (tick !== undefined) live.add(member.worker, tick);
        const counts = crew.map((each) => each.progress).reduce(addProgress, NO_PROGRESS);
        const elapsedUs = nowUs();
        events.emit("tick", { counts, elapsedUs, figures: live.figures(elapsedUs) });
      };
      member.start(originUs);
    }
    // After the generators have their order: what is done now takes longer than they may wait.
    events.emit("start", { nowUs, startedAt });
    const notes: string[] = [];
    await standingBack(() => allDone(crew), (note) => notes.push(note));
    signal.removeEventListener("abort", stop);
    return {
      progress: crew.map((member) => member.progress).reduce(addProgress, NO_PROGRESS),
      startedAt,
      phases: endedUs < endOf(plan.phases) ? truncatePhases(plan.phases, Math.round(endedUs)) : plan.phases,
      interrupted: endedUs !== Infinity,
      notes: [...new Set([...crew.flatMap(({ notes }) => notes), ...notes])],
    };
  } finally {
    for (const member of crew) member.dismiss();
  }
}

/** Waits for all. Where one fails the others end in order first: a thread that is terminated cancels nothing. */
async function allDone(crew: readonly Crew[]): Promise<void> {
  try {
    await Promise.all(crew.map((member) => member.done));
  } catch (error) {
    for (const member of crew) member.stop();
    await Promise.allSettled(crew.map((member) => member.done));
    throw error;
  }
}

/** A system that does not answer must not keep anyone who wants to leave. */
async function readyOrAborted(crew: readonly Crew[], signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([Promise.all(crew.map((member) => member.ready)), aborted]);
}
