import { ServiceError } from "../model/errors.ts";
import type { Phase, Sample } from "../model/run.ts";
import { truncatePhases } from "./blocks.ts";
import { monotonicUs } from "./clock.ts";
import { addProgress, type FromGenerator, NO_PROGRESS, type Progress, type ToGenerator } from "./messages.ts";
import { endOf, type LoadPlan } from "./plan.ts";

export interface LoadOptions {
  readonly plan: LoadPlan;
  /** Ends the run early; what was measured is kept. */
  readonly signal: AbortSignal;
  /** Called when the clock of the run starts: microseconds since then, and the wall time of zero. */
  readonly onStart: (nowUs: () => number, startedAt: Date) => void;
  readonly onProgress: (progress: Progress, elapsedUs: number) => void;
  readonly onSamples: (samples: readonly Sample[]) => void;
}

export interface LoadResult {
  readonly progress: Progress;
  /** The phases as they were: cut where the run ended early. */
  readonly phases: readonly Phase[];
  readonly interrupted: boolean;
}

/** Time between "all are ready" and the run's zero, so that every worker has its order by then. */
const LEAD_US = 100_000;
/** A stopped generator has this long to write its last rows. */
const STOP_MS = 2000;

/**
 * Makes the load of a plan on its worker threads and waits for the end.
 * @throws {ServiceError} when a generator cannot reach its system or fails.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { plan, signal } = options;
  const crew = Array.from({ length: plan.workers }, () => new Crew());
  try {
    const slots = new SharedArrayBuffer(8);
    await Promise.all(crew.map((member, worker) => {
      member.tell({ kind: "prepare", plan, worker, slots });
      return member.ready;
    }));
    const originUs = monotonicUs() + LEAD_US;
    const nowUs = () => monotonicUs() - originUs;
    const startedAt = new Date(Date.now() + LEAD_US / 1000);
    let endedUs = Infinity;
    const stop = () => {
      endedUs = Math.max(0, nowUs());
      for (const member of crew) member.stop();
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    for (const member of crew) {
      member.onProgress = (samples) => {
        options.onSamples(samples);
        options.onProgress(crew.map((each) => each.progress).reduce(addProgress, NO_PROGRESS), nowUs());
      };
      member.tell({ kind: "start", originUs });
    }
    // After the generators have their order: what the caller does now takes longer than they may wait.
    options.onStart(nowUs, startedAt);
    await Promise.all(crew.map((member) => member.done));
    signal.removeEventListener("abort", stop);
    return {
      progress: crew.map((member) => member.progress).reduce(addProgress, NO_PROGRESS),
      phases: endedUs < endOf(plan.phases) ? truncatePhases(plan.phases, Math.round(endedUs)) : plan.phases,
      interrupted: endedUs !== Infinity,
    };
  } finally {
    for (const member of crew) member.dismiss();
  }
}

/** The main thread's end of one generator. */
class Crew {
  progress: Progress = NO_PROGRESS;
  onProgress: (samples: readonly Sample[]) => void = () => {};
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #worker = new Worker(new URL("./generator.ts", import.meta.url), { type: "module" });
  #finish!: () => void;
  #overdue: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    let isReady!: () => void;
    let failReady!: (error: Error) => void;
    let failDone!: (error: Error) => void;
    this.ready = new Promise((resolve, reject) => [isReady, failReady] = [resolve, reject]);
    this.done = new Promise((resolve, reject) => [this.#finish, failDone] = [resolve, reject]);
    // A generator that fails while nobody waits for this promise is reported by the other one.
    this.done.catch(() => {});
    const fail = (error: Error) => {
      failReady(error);
      failDone(error);
    };
    this.#worker.onmessage = ({ data }: MessageEvent<FromGenerator>) => {
      switch (data.kind) {
        case "ready":
          return isReady();
        case "progress":
          this.progress = data.progress;
          return this.onProgress(data.samples);
        case "done":
          this.progress = data.progress;
          return this.#finish();
        case "error":
          return fail(new ServiceError(data.message, data.next));
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      fail(new ServiceError(`Cannot go on making load: a generator thread failed: ${event.message}`));
    };
  }

  tell(message: ToGenerator): void {
    this.#worker.postMessage(message);
  }

  /** Asks it to end; one that does not answer is not waited for. */
  stop(): void {
    this.tell({ kind: "stop" });
    this.#overdue = setTimeout(() => this.#finish(), STOP_MS);
  }

  dismiss(): void {
    clearTimeout(this.#overdue);
    this.#worker.terminate();
  }
}
