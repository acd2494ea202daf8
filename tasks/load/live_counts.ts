import { CACHE_STATES, type CacheState, type Outcome } from "../model/timing.ts";
import { type LogCounts, LogHistogram } from "../stats/log_histogram.ts";

/** What one generator saw in one stretch of time, about half a second: goes to the main thread by message. */
export interface LiveTick {
  /** Its beginning and end, µs from the run's start. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Slots that fell due, and those that ended well. */
  readonly due: number;
  readonly ok: number;
  /** Slots that ended, by what the cache answered, in the order of `CACHE_STATES`. */
  readonly cache: readonly number[];
  /** Response times as a summary counts them: failed ones left out, shed and unsent ones infinite. */
  readonly response: LogCounts;
  readonly lag: LogCounts;
}

/**
 * Counts on a generator's hot path what the live view shows and what the generator's own cost is held against.
 * Allocates nothing for a request.
 */
export class LiveCounts {
  readonly #response = new LogHistogram();
  readonly #lag = new LogHistogram();
  readonly #cache = CACHE_STATES.map(() => 0);
  #due = 0;
  #ok = 0;
  /** A run's clock starts at 0, and nothing is due before. */
  #fromUs = 0;

  /** @param loop in a closed one a client sends when it is ready: that it woke then is no lag of anything */
  constructor(private readonly loop: "open" | "closed" = "open") {}

  /** A slot fell due, and was noticed so much later. */
  woke(lagUs: number): void {
    this.#due++;
    if (this.loop === "open") this.#lag.add(lagUs);
  }

  /** A slot fell due that was never turned to: the run was over. */
  missed(): void {
    this.#due++;
  }

  /** A slot came to its end, with its last attempt. @param responseUs of those that ended `ok` or `timeout` */
  ended(outcome: Outcome, responseUs: number, cache: CacheState | null): void {
    if (outcome === "ok") this.#ok++;
    if (outcome === "ok" || outcome === "timeout") this.#response.add(responseUs);
    else if (outcome !== "failed") this.#response.add(Infinity);
    if (cache !== null) this.#cache[CACHE_STATES.indexOf(cache)]!++;
  }

  /** All since the last time of asking. */
  take(nowUs: number): LiveTick {
    const tick: LiveTick = {
      fromUs: this.#fromUs,
      toUs: Math.max(nowUs, this.#fromUs),
      due: this.#due,
      ok: this.#ok,
      cache: [...this.#cache],
      response: this.#response.take(),
      lag: this.#lag.take(),
    };
    this.#fromUs = tick.toUs;
    this.#due = 0;
    this.#ok = 0;
    this.#cache.fill(0);
    return tick;
  }
}
