import type { Sample } from "../model/run.ts";

const BEAT_MS = 10;

/**
 * Watches the thread it runs in: the longest time between two beats of a 10 ms timer tells how long the
 * event loop stood still (own work, garbage collection, a stopped process, CPU taken by others).
 */
export class Heartbeat {
  readonly #nowUs: () => number;
  readonly #labels: Readonly<Record<string, string>>;
  #last: number;
  #longest = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(nowUs: () => number, worker: number) {
    this.#nowUs = nowUs;
    this.#labels = { worker: String(worker) };
    this.#last = nowUs();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  /** The longest gap since the last time of asking, as a sample in milliseconds. */
  take(): Sample {
    this.#beat();
    const sample: Sample = {
      atUs: Math.round(this.#last),
      source: "generator",
      metric: "gap_ms",
      labels: this.#labels,
      value: this.#longest / 1000,
    };
    this.#longest = 0;
    return sample;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const nowUs = this.#nowUs();
    this.#longest = Math.max(this.#longest, nowUs - this.#last);
    this.#last = nowUs;
  }
}
