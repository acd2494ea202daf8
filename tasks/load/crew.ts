import { ServiceError } from "../model/errors.ts";
import type { Sample } from "../model/run.ts";
import { type FromGenerator, NO_PROGRESS, type Progress, type ToGenerator } from "./messages.ts";
import type { MetronomeOrder } from "./metronome.ts";
import { arrivalPlans, endOf, type LoadPlan } from "./plan.ts";
import { Wake } from "./wake.ts";

/** A stopped generator has this long to write its last rows. */
const STOP_MS = 2000;

/** The main thread's end of one generator and the metronome that wakes it. */
export class Crew {
  progress: Progress = NO_PROGRESS;
  onProgress: (samples: readonly Sample[], ended: Float64Array, untilUs: number) => void = () => {};
  /** Both threads are loaded and the generator has its connections. */
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #generator = new Worker(new URL("./generator.ts", import.meta.url), { type: "module" });
  readonly #metronome = new Worker(new URL("./metronome.ts", import.meta.url), { type: "module" });
  readonly #channel = new MessageChannel();
  readonly #wake = Wake.memory();
  #finish!: () => void;
  #overdue: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly plan: LoadPlan, readonly worker: number, slots: SharedArrayBuffer) {
    let isReady!: () => void;
    let isLoaded!: () => void;
    let failReady!: (error: Error) => void;
    let failDone!: (error: Error) => void;
    const loaded = new Promise<void>((resolve) => isLoaded = resolve);
    const prepared = new Promise<void>((resolve, reject) => [isReady, failReady] = [resolve, reject]);
    this.ready = Promise.all([loaded, prepared]).then(() => {});
    this.done = new Promise((resolve, reject) => [this.#finish, failDone] = [resolve, reject]);
    // A generator that fails while nobody waits for this promise is reported by the other one.
    this.done.catch(() => {});
    const fail = (error: Error) => {
      failReady(error);
      failDone(error);
    };
    this.#generator.onmessage = ({ data }: MessageEvent<FromGenerator>) => {
      switch (data.kind) {
        case "ready":
          return isReady();
        case "progress":
          this.progress = data.progress;
          return this.onProgress(data.samples, data.ended, data.untilUs);
        case "done":
          this.progress = data.progress;
          return this.#finish();
        case "error":
          return fail(new ServiceError(data.message, data.next));
      }
    };
    this.#metronome.onmessage = () => isLoaded();
    for (const thread of [this.#generator, this.#metronome]) {
      thread.onerror = (event) => {
        event.preventDefault();
        fail(new ServiceError(`Cannot go on making load: a generator thread failed: ${event.message}`));
      };
    }
    const port = this.#channel.port1;
    this.#tell({ kind: "prepare", plan, worker, slots, wake: this.#wake, port }, [port]);
  }

  /** @param originUs the run's zero on the machine's monotonic clock */
  start(originUs: number): void {
    this.#tell({ kind: "start", originUs });
    const { plan, worker } = this;
    if (plan.loop.kind === "closed") return;
    const port = this.#channel.port2;
    const order: MetronomeOrder = {
      arrivals: arrivalPlans(plan),
      worker,
      workers: plan.workers,
      originUs,
      endUs: endOf(plan.phases),
      wake: this.#wake,
      port,
    };
    this.#metronome.postMessage(order, [port]);
  }

  /** Asks it to end; one that does not answer is not waited for. */
  stop(): void {
    this.#wakeMetronome();
    this.#tell({ kind: "stop" });
    this.#overdue = setTimeout(() => this.#finish(), STOP_MS);
  }

  dismiss(): void {
    clearTimeout(this.#overdue);
    this.#wakeMetronome();
    this.#generator.terminate();
    this.#metronome.terminate();
  }

  /** A thread that waits for memory cannot be terminated; it ends itself when it is woken by this. */
  #wakeMetronome(): void {
    new Wake(this.#wake).stop();
  }

  #tell(message: ToGenerator, transfer: Transferable[] = []): void {
    this.#generator.postMessage(message, transfer);
  }
}
