/** Bytes of the memory that a generator and its metronome share. */
export const WAKE_BYTES = 16;

/**
 * What a generator tells its sleeping metronome: to end, or to wake it at a time that is in no schedule, such as
 * the next step of a session. Any change ends the metronome's sleep.
 */
export class Wake {
  /** [0] changes with every change; [1] is 1 when all is over. */
  readonly #flags: Int32Array;
  readonly #time: Float64Array;

  /** @param memory of `WAKE_BYTES` */
  constructor(memory: SharedArrayBuffer) {
    this.#flags = new Int32Array(memory, 0, 2);
    this.#time = new Float64Array(memory, 8, 1);
  }

  /** Makes the memory, with nothing asked. */
  static memory(): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(WAKE_BYTES);
    new Wake(memory).#time[0] = Infinity;
    return memory;
  }

  /** When the generator wants to be woken besides, µs from the run's start; Infinity: never. */
  get atUs(): number {
    return this.#time[0]!;
  }

  /** By the generator: be woken at that time at the latest. */
  ask(atUs: number): void {
    if (atUs === this.#time[0]) return;
    this.#time[0] = atUs;
    this.#change();
  }

  get stopped(): boolean {
    return Atomics.load(this.#flags, 1) === 1;
  }

  stop(): void {
    Atomics.store(this.#flags, 1, 1);
    this.#change();
  }

  /** By the metronome: what was asked for until now is being seen to. */
  taken(nowUs: number): void {
    if (this.#time[0]! <= nowUs) this.#time[0] = Infinity;
  }

  /** By the metronome: sleeps so long, or until something changes. @param asked what `atUs` was when it decided */
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
