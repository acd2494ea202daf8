import { monotonicUs } from "./clock.ts";

/** Bytes of the memory that a thread and its timer thread share. */
export const TIMER_REQUEST_BYTES = 16;

/**
 * What a thread asks of its sleeping timer thread: to end, or to wake it at a time. Any change ends its sleep. Times
 * are µs of the monotonic clock.
 */
export class TimerRequest {
  /** [0] changes with every change; [1] is 1 when all is over. */
  readonly #flags: Int32Array;
  readonly #time: Float64Array;

  /** @param memory of `TIMER_REQUEST_BYTES` */
  constructor(memory: SharedArrayBuffer) {
    this.#flags = new Int32Array(memory, 0, 2);
    this.#time = new Float64Array(memory, 8, 1);
  }

  /** Makes the memory, with nothing asked. */
  static memory(): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(TIMER_REQUEST_BYTES);
    new TimerRequest(memory).#time[0] = Infinity;
    return memory;
  }

  /** When the thread wants to be woken; Infinity: never. */
  get atUs(): number {
    return this.#time[0]!;
  }

  /** By the thread: be woken at that time. */
  ask(atUs: number): void {
    const before = this.#time[0]!;
    if (atUs === before) return;
    this.#time[0] = atUs;
    // A timer thread that still sleeps until a time before this one finds out then; it need not be told.
    if (atUs < before || before <= monotonicUs()) this.#change();
  }

  get stopped(): boolean {
    return Atomics.load(this.#flags, 1) === 1;
  }

  stop(): void {
    Atomics.store(this.#flags, 1, 1);
    this.#change();
  }

  /** By the timer thread: sleeps so long, or until something changes. @param asked what `atUs` was when it decided */
  sleep(asked: number, ms: number): void {
    const version = Atomics.load(this.#flags, 0);
    // A change between the decision and here would otherwise be slept through.
    if (this.#time[0] !== asked || this.stopped) return;
    Atomics.wait(this.#flags, 0, version, ms);
  }

  #change(): void {
    Atomics.add(this.#flags, 0, 1);
    Atomics.notify(this.#flags, 0);
  }
}
