import { LogHistogram } from "../stats/log_histogram.ts";

const PERIOD_MS = 10;

/** How a thread's event loop went since the last time of asking. */
export interface LoopDelay {
  /** Longest time in which the loop was not seen to run, µs: up to 10 ms of rest included. */
  readonly longestUs: number;
  /** How long an answer may have lain there before it was looked at, µs: median and p99; null where unknown. */
  readonly delayP50Us: number | null;
  readonly delayP99Us: number | null;
}

/** Longest time between two looks at the clock, and delays besides. */
class Watch {
  readonly #delays = new LogHistogram();
  #seenUs: number;
  #longestUs = 0;

  constructor(nowUs: number) {
    this.#seenUs = nowUs;
  }

  look(nowUs: number): void {
    if (nowUs - this.#seenUs > this.#longestUs) this.#longestUs = nowUs - this.#seenUs;
    this.#seenUs = nowUs;
  }

  delayed(us: number): void {
    this.#delays.add(us);
  }

  take(nowUs: number): LoopDelay {
    this.look(nowUs);
    const loopDelay = {
      longestUs: this.#longestUs,
      delayP50Us: this.#delays.quantile(0.5),
      delayP99Us: this.#delays.quantile(0.99),
    };
    this.#longestUs = 0;
    this.#delays.take();
    return loopDelay;
  }
}

/**
 * Watches Deno's event loop from within: the longest time between two ticks of a 10 ms timer tells how long it
 * stood still (own work, garbage collection, a stopped process, CPU taken by others), and how late ticks are by
 * and large tells how long an answer lies there before it is looked at. A millisecond or two of that is the
 * timer's own.
 */
export class LoopDelayMonitor {
  readonly #nowUs: () => number;
  readonly #watch: Watch;
  #tickUs: number;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
    this.#tickUs = nowUs();
    this.#watch = new Watch(this.#tickUs);
    this.#timer = setInterval(() => {
      const nowUs = this.#nowUs();
      this.#watch.look(nowUs);
      this.#watch.delayed(nowUs - this.#tickUs - PERIOD_MS * 1000);
      this.#tickUs = nowUs;
    }, PERIOD_MS);
  }

  take(): LoopDelay {
    return this.#watch.take(this.#nowUs());
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Watches a loop that says itself when it waits: a standstill is a time between two ends of a wait, and an answer
 * that comes while the loop works lies there until the loop waits again.
 */
export class TurnTimes {
  readonly #watch: Watch;
  #wokeUs: number;

  constructor(nowUs: number) {
    this.#watch = new Watch(nowUs);
    this.#wokeUs = nowUs;
  }

  /** The loop is about to wait. */
  sleeps(nowUs: number): void {
    this.#watch.delayed(nowUs - this.#wokeUs);
  }

  /** It waited. */
  wakes(nowUs: number): void {
    this.#watch.look(nowUs);
    this.#wokeUs = nowUs;
  }

  take(nowUs: number): LoopDelay {
    return this.#watch.take(nowUs);
  }
}
