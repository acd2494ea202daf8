import type { Phase } from "../model/run.ts";
import { truncatePhases } from "./blocks.ts";
import { CutBoard, cutPhases } from "./cuts.ts";
import { monotonicUs } from "../net/clock.ts";
import { GeneratorHandle } from "./generator_handle.ts";
import { waitsItself } from "./generator_loop.ts";
import { completedSlots } from "./completed_slots.ts";
import { EventHub } from "./event_hub.ts";
import type { LoadGate } from "./load_gate.ts";
import { LiveView } from "./live_view.ts";
import { addProgress, NO_PROGRESS, type Progress } from "./messages.ts";
import { endOf, type LoadPlan } from "./plan.ts";
import type { RunEventHub, RunEvents } from "./run_events.ts";
import { withBatchPriority } from "../net/priority.ts";

export interface LoadOptions {
  readonly plan: LoadPlan;
  /** Ends the run early; what was measured is kept. */
  readonly signal: AbortSignal;
  /** Told of the start, ticks and samples, and of slots as they are completed where somebody listens to that. */
  readonly events?: RunEventHub;
  /** Holds back the arms that move to another server meanwhile. */
  readonly gate?: LoadGate;
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
  const { signal, events = new EventHub<RunEvents>(), gate } = options;
  const board = new CutBoard();
  const plan = {
    ...options.plan,
    tellCompleted: events.has("completed"),
    tellCompletedUntil: events.has("completedUntil"),
    cuts: board.memory,
    gate: gate?.memory,
  };
  let { phases } = plan;
  events.on("cut", (cut) => {
    phases = cutPhases(phases, cut);
    board.tell(cut);
  });
  const slots = new SharedArrayBuffer(8);
  const needTimer = !waitsItself(plan.arms);
  const generators = Array.from(
    { length: plan.workers },
    (_, worker) => new GeneratorHandle(plan, worker, slots, needTimer),
  );
  try {
    await readyOrAborted(generators, signal);
    if (signal.aborted) {
      return { progress: NO_PROGRESS, startedAt: null, phases: [], interrupted: true, notes: [] };
    }
    const originUs = monotonicUs() + LEAD_US;
    const nowUs = () => monotonicUs() - originUs;
    const startedAt = new Date(Date.now() + LEAD_US / 1000);
    let endedUs = Infinity;
    const stop = () => {
      endedUs = Math.max(0, nowUs());
      for (const generator of generators) generator.stop();
    };
    signal.addEventListener("abort", stop);
    listen(generators, plan.tellCompleted, events, nowUs);
    if (gate !== undefined) keep(gate, generators);
    for (const generator of generators) generator.start(originUs);
    // After the generators have their order: what is done now takes longer than they may wait.
    events.emit("start", { nowUs, startedAt });
    const notes: string[] = [];
    await withBatchPriority(() => allDone(generators), (note) => notes.push(note));
    signal.removeEventListener("abort", stop);
    return {
      progress: generators.map((generator) => generator.progress).reduce(addProgress, NO_PROGRESS),
      startedAt,
      phases: endedUs < endOf(phases) ? truncatePhases(phases, Math.round(endedUs)) : phases,
      interrupted: endedUs !== Infinity,
      notes: [...new Set([...generators.flatMap(({ notes }) => notes), ...notes])],
    };
  } finally {
    for (const generator of generators) generator.terminate();
  }
}

/** Tells the subscribers what generators report. */
function listen(
  generators: readonly GeneratorHandle[],
  tellCompleted: boolean,
  events: RunEventHub,
  nowUs: () => number,
): void {
  const live = new LiveView();
  const heardUs = generators.map(() => 0);
  const completeUs = generators.map(() => 0);
  for (const [index, generator] of generators.entries()) {
    generator.onProgress = ({ samples, completed, untilUs, completedUntilUs }) => {
      // Workers speak in turn: what was done is known of all up to the one not heard for longest.
      heardUs[index] = untilUs;
      completeUs[index] = completedUntilUs;
      if (tellCompleted) {
        events.emit("completed", { slots: completedSlots(completed), untilUs: Math.min(...heardUs) });
      }
      events.emit("sample", samples);
      const { tick } = generator.progress;
      if (tick !== undefined) live.add(generator.worker, tick);
      const counts = generators.map((each) => each.progress).reduce(addProgress, NO_PROGRESS);
      const elapsedUs = nowUs();
      events.emit("tick", { counts, elapsedUs, figures: live.figures(elapsedUs) });
      if (completedUntilUs > 0) events.emit("completedUntil", Math.min(...completeUs));
    };
  }
}

/** Connects a gate with the generators, from now on until each ends. */
function keep(gate: LoadGate, generators: readonly GeneratorHandle[]): void {
  for (const generator of generators) {
    const { worker } = generator;
    gate.started(worker);
    generator.onGate = (answer) => gate.answered(worker, answer);
    const ended = () => gate.ended(worker);
    generator.done.then(ended, ended);
  }
}

/** Waits for all. Where one fails the others end in order first: a thread that is terminated cancels nothing. */
async function allDone(generators: readonly GeneratorHandle[]): Promise<void> {
  try {
    await Promise.all(generators.map((generator) => generator.done));
  } catch (error) {
    for (const generator of generators) generator.stop();
    await Promise.allSettled(generators.map((generator) => generator.done));
    throw error;
  }
}

/** A system that does not answer must not keep anyone who wants to leave. */
async function readyOrAborted(generators: readonly GeneratorHandle[], signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([Promise.all(generators.map((generator) => generator.ready)), aborted]);
}
