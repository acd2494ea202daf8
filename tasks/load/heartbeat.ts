import { LogHistogram } from "./log_histogram.ts";

const BEAT_MS = 10;

/** How a thread's event loop went since the last time of asking. */
export interface Beats {
  /** Longest time in which the loop was not seen to run, µs: the 10 ms between two beats included. */
  readonly longestUs: number;
  /** By how much beats came too late, µs: median and p99; null without a beat. */
  readonly delayP50Us: number | null;
  readonly delayP99Us: number | null;
}

/**
 * Watches the thread it runs in: the longest time between two beats of a 10 ms timer tells how long the
 * event loop stood still (own work, garbage collection, a stopped process, CPU taken by others), and how late
 * beats are by and large tells how long an answer lies there before it is looked at. A millisecond or two of that
 * is the timer's own.
 */
export class Heartbeat {
  readonly #nowUs: () => number;
  readonly #delays = new LogHistogram();
  #beatUs: number;
  #seenUs: number;
  #longestUs = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
    this.#beatUs = this.#seenUs = nowUs();
    this.#timer = setInterval(() => {
      const nowUs = this.#look();
      this.#delays.add(nowUs - this.#beatUs - BEAT_MS * 1000);
      this.#beatUs = nowUs;
    }, BEAT_MS);
  }

  take(): Beats {
    this.#look();
    const beats = {
      longestUs: this.#longestUs,
      delayP50Us: this.#delays.quantile(0.5),
      delayP99Us: this.#delays.quantile(0.99),
    };
    this.#longestUs = 0;
    this.#delays.take();
    return beats;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): number {
    const nowUs = this.#nowUs();
    this.#longestUs = Math.max(this.#longestUs, nowUs - this.#seenUs);
    return this.#seenUs = nowUs;
  }
}
