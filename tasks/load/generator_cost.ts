import v8 from "node:v8";
import type { Sample } from "../model/run.ts";
import type { LoopDelay } from "../net/loop_delay.ts";
import { GENERATOR_METRICS } from "../observe/sources/generator.ts";
import type { LiveTick } from "./live_counts.ts";
import { LogHistogram } from "../stats/log_histogram.ts";
import { ThreadClock } from "./thread_clock.ts";

type Metric = typeof GENERATOR_METRICS[number]["name"];

/** Ticks come twice a second: every other one makes samples, though timers are late or early by a little. */
const PERIOD_US = 0.9e6;

export interface GeneratorCostOptions {
  /** µs from the run's start. */
  readonly nowUs: () => number;
  readonly worker: number;
  readonly realTime: boolean;
  /** Whether it waits for its sockets itself. */
  readonly native: boolean;
  /** How the thread's event loop went since the last time of asking. */
  readonly loopDelay: () => LoopDelay;
  /** How often the thread was moved to another core so far; null where nothing moves it. */
  readonly moves: () => number | null;
}

/**
 * Measures what the generator's own thread costs, so that a reader can tell it from the system's cost. To be made
 * in that thread. Nothing is done for a request; a second costs some 0.2 ms, and 0.06 ms more for each
 * garbage collection, which itself takes a millisecond or more.
 */
export class GeneratorCost {
  readonly #labels: Readonly<Record<string, string>>;
  readonly #realTime: boolean;
  readonly #native: boolean;
  readonly #loopDelay: () => LoopDelay;
  readonly #moves: () => number | null;
  #moved = 0;
  readonly #cpu = new ThreadClock();
  // Deno's PerformanceObserver knows the entry type "gc" and never reports any.
  readonly #collections = new v8.GCProfiler();
  readonly #lag = new LogHistogram();
  #due = 0;
  #sinceUs: number;
  #cpuUs = this.#cpu.us();

  /** Counting begins now. */
  constructor({ nowUs, worker, realTime, native, loopDelay, moves }: GeneratorCostOptions) {
    this.#labels = { worker: String(worker) };
    this.#realTime = realTime;
    this.#native = native;
    this.#loopDelay = loopDelay;
    this.#moves = moves;
    this.#sinceUs = nowUs();
    loopDelay();
    this.#collections.start();
  }

  /** Takes a tick in, and gives the samples of the second that is full by then, else none. */
  take(tick: LiveTick): Sample[] {
    this.#due += tick.due;
    this.#lag.merge(tick.lag);
    return tick.toUs - this.#sinceUs < PERIOD_US ? [] : this.#samples(tick.toUs);
  }

  /** The same for what is left of the last second; ends the watching. */
  end(tick: LiveTick): Sample[] {
    const samples = this.take(tick);
    const leftUs = tick.toUs - this.#sinceUs;
    if (leftUs > 0) {
      // Rates over an instant would mislead; a gap counts whenever it was.
      const told = (metric: string) => metric === "gap_ms" || leftUs >= PERIOD_US / 2;
      samples.push(...this.#samples(tick.toUs).filter(({ metric }) => told(metric)));
    }
    this.#collections.stop();
    this.#cpu[Symbol.dispose]();
    return samples;
  }

  #samples(atUs: number): Sample[] {
    const loopDelay = this.#loopDelay();
    const cpuUs = this.#cpu.us();
    const used = cpuUs - this.#cpuUs;
    const pauses = this.#pausesMs();
    const moves = this.#moves();
    const values: Record<Metric, number | null> = {
      cpu_cores: used / (atUs - this.#sinceUs),
      cpu_per_request_us: this.#due === 0 ? null : used / this.#due,
      lag_p50_ms: ms(this.#lag.estimate(0.5)),
      lag_p99_ms: ms(this.#lag.estimate(0.99)),
      lag_longest_ms: ms(this.#lag.quantile(1)),
      gap_ms: loopDelay.longestUs / 1000,
      loop_delay_p50_ms: ms(loopDelay.delayP50Us),
      loop_delay_p99_ms: ms(loopDelay.delayP99Us),
      gc_ms: pauses.reduce((sum, pause) => sum + pause, 0),
      gc_longest_ms: Math.max(0, ...pauses),
      native_loop: this.#native ? 1 : 0,
      real_time: this.#realTime ? 1 : 0,
      thread_migration: moves === null ? 0 : 1,
      thread_moves: moves === null ? null : moves - this.#moved,
    };
    this.#sinceUs = atUs;
    this.#cpuUs = cpuUs;
    this.#due = 0;
    this.#lag.take();
    this.#moved = moves ?? 0;
    return GENERATOR_METRICS.flatMap(({ name: metric }) => {
      const value = values[metric];
      return value === null
        ? []
        : [{ atUs: Math.round(atUs), source: "generator", metric, labels: this.#labels, value }];
    });
  }

  #pausesMs(): number[] {
    const { statistics } = this.#collections.stop()!;
    this.#collections.start();
    return statistics.map(({ cost }) => cost / 1e6);
  }
}

function ms(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
