import { ServiceError } from "../model/errors.ts";
import type { GateAnswer } from "./gate_keeper.ts";
import { TimerThread } from "./timer_thread.ts";
import { type FromGenerator, NO_PROGRESS, type Progress, type ToGenerator } from "./messages.ts";
import { expectArmKeys, tellArmKeys } from "./open_targets.ts";
import type { LoadPlan } from "./plan.ts";
import { MigrationThread } from "./migration_thread.ts";

/** A stopped generator has this long to write its last rows. */
const STOP_MS = 2000;

/** The main thread's end of one generator and, where it needs them, of the threads beside it. */
export class GeneratorHandle {
  progress: Progress = NO_PROGRESS;
  /** What is not as it should be with its way to the system, in whole sentences; known when it is ready. */
  notes: readonly string[] = [];
  onProgress: (told: FromGenerator & { kind: "progress" }) => void = () => {};
  onGate: (answer: GateAnswer) => void = () => {};
  /** Its threads are loaded and the generator has its connections. */
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #thread = new Worker(new URL("./generator.ts", import.meta.url), { type: "module" });
  readonly #timer: TimerThread | null;
  readonly #migration: MigrationThread | null;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #finish: () => void;
  #overdue: ReturnType<typeof setTimeout> | undefined;

  /** @param needTimer where it cannot wait for its sockets itself */
  constructor(
    readonly plan: LoadPlan,
    readonly worker: number,
    slots: SharedArrayBuffer,
    needTimer: boolean,
  ) {
    const prepared = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    this.done = done.promise;
    this.#finish = done.resolve;
    // A generator that fails while nobody waits for this promise is reported by the other one.
    this.done.catch(() => {});
    const fail = (error: Error) => {
      prepared.reject(error);
      done.reject(error);
    };
    const failThread = (message: string) =>
      fail(new ServiceError(`Cannot continue the load: a generator thread failed: ${message}`));
    this.#thread.onmessage = ({ data }: MessageEvent<FromGenerator>) => {
      switch (data.kind) {
        case "ready":
          this.notes = [...this.notes, ...data.notes];
          return prepared.resolve();
        case "progress":
          this.progress = data.progress;
          return this.onProgress(data);
        case "gate":
          return this.onGate(data);
        case "done":
          this.progress = data.progress;
          tellArmKeys(plan.arms, data.keys);
          return this.#finish();
        case "error":
          return fail(new ServiceError(data.message, data.next));
      }
    };
    this.#thread.onerror = (event) => {
      event.preventDefault();
      failThread(event.message);
    };
    this.#timer = needTimer ? new TimerThread(failThread) : null;
    // One that is woken by a timer thread would have to be moved together with it; of a closed loop nothing is due.
    this.#migration = needTimer || plan.loop.kind === "closed" || plan.threadMigration === false
      ? null
      : MigrationThread.where(worker, failThread, (note) => {
        this.notes = [...this.notes, note];
      });
    this.ready = Promise.all([this.#timer?.ready, this.#migration?.ready, prepared.promise]).then(() => {});
    // Nobody may wait for it any more.
    this.ready.catch(() => {});
    const beside = { timer: this.#timer?.channel ?? null, board: this.#migration?.memory ?? null };
    expectArmKeys(plan.arms);
    const stop = this.#stop.buffer as SharedArrayBuffer;
    this.#tell(
      { kind: "prepare", plan, worker, slots, stop, beside },
      beside.timer === null ? [] : [beside.timer.port],
    );
  }

  /** @param originUs the run's zero on the machine's monotonic clock */
  start(originUs: number): void {
    this.#tell({ kind: "start", originUs });
  }

  /** Asks it to end; one that does not answer is not waited for. */
  stop(): void {
    // Not by a message: a generator that waits for its sockets itself is in no hurry to look for one.
    Atomics.store(this.#stop, 0, 1);
    this.#overdue = setTimeout(() => this.#finish(), STOP_MS);
  }

  terminate(): void {
    clearTimeout(this.#overdue);
    this.#thread.terminate();
    this.#timer?.stop();
    this.#migration?.stop();
  }

  #tell(message: ToGenerator, transfer: Transferable[] = []): void {
    this.#thread.postMessage(message, transfer);
  }
}
