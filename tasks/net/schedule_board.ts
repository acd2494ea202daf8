/** Flags, and times behind them. */
const FLAGS = 4;
const TIMES_AT = 16;
const BYTES = 32;
const CHANGES = 0;
const STOPPED = 1;
const THREAD = 2;
const MOVES = 3;
const DUE = 0;
const WOKE = 1;

/**
 * What a thread writes for the one that may move it to another core: when it is due next, and when it woke. Times are
 * µs of the monotonic clock. Writing waits for nothing, and makes no system call but where the migration thread would
 * sleep too long.
 */
export class ScheduleBoard {
  readonly #flags: Int32Array;
  readonly #times: Float64Array;

  /** @param memory of a board that another thread has; without it the board is new */
  constructor(readonly memory = new SharedArrayBuffer(BYTES)) {
    this.#flags = new Int32Array(memory, 0, FLAGS);
    this.#times = new Float64Array(memory, TIMES_AT);
  }

  /** By the thread: it may be moved from now on. @param id that the system knows it by */
  join(id: number): void {
    this.#times[DUE] = Infinity;
    this.#times[WOKE] = 0;
    Atomics.store(this.#flags, THREAD, id);
    Atomics.notify(this.#flags, THREAD);
  }

  /** By the thread: when something is due there; Infinity: never. */
  due(us: number): void {
    const before = this.#times[DUE]!;
    if (us === before) return;
    this.#times[DUE] = us;
    // One that sleeps until a time before this one finds out then.
    if (us < before) this.#change();
  }

  /** By the thread: it woke at that time; 0: it is about to sleep. */
  woke(us: number): void {
    this.#times[WOKE] = us;
  }

  /** By the migration thread: waits for the thread. @returns its id; null where it never came */
  joined(): number | null {
    while (!this.stopped && Atomics.load(this.#flags, THREAD) === 0) {
      Atomics.wait(this.#flags, THREAD, 0, 100);
    }
    return this.stopped ? null : Atomics.load(this.#flags, THREAD);
  }

  get dueUs(): number {
    return this.#times[DUE]!;
  }

  get wokeUs(): number {
    return this.#times[WOKE]!;
  }

  /** By the migration thread: sleeps so long, or until it should look. @param dueUs as it was when that was decided */
  sleep(dueUs: number, us: number): void {
    const version = Atomics.load(this.#flags, CHANGES);
    // A change between the decision and here would otherwise be slept through.
    if (this.dueUs !== dueUs || this.stopped) return;
    Atomics.wait(this.#flags, CHANGES, version, us / 1000);
  }

  /** By the migration thread: it has moved the thread to another core. */
  moved(): void {
    Atomics.add(this.#flags, MOVES, 1);
  }

  /** How often the thread was moved; null where nobody moves it any more. */
  get moves(): number | null {
    return this.stopped ? null : Atomics.load(this.#flags, MOVES);
  }

  get stopped(): boolean {
    return Atomics.load(this.#flags, STOPPED) === 1;
  }

  stop(): void {
    Atomics.store(this.#flags, STOPPED, 1);
    this.#change();
  }

  #change(): void {
    Atomics.add(this.#flags, CHANGES, 1);
    Atomics.notify(this.#flags, CHANGES);
  }
}
