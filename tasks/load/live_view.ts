import type { LiveFigures } from "../model/live.ts";
import { CACHE_STATES } from "../model/timing.ts";
import type { LiveTick } from "./live_counts.ts";
import { LogHistogram } from "../stats/log_histogram.ts";

const HIT = CACHE_STATES.indexOf("hit");
const RATE_WINDOW_US = 1e6;
const WINDOW_US = 5e6;
/** A tick that began a little before a window still counts as inside: timers are late. */
const SLACK_US = 0.2e6;

/** Puts the ticks of all generators together to how the run goes at this moment. */
export class LiveView {
  readonly #ticks = new Map<number, LiveTick[]>();

  /** Ticks that are kept. */
  get size(): number {
    return [...this.#ticks.values()].reduce((sum, ticks) => sum + ticks.length, 0);
  }

  add(worker: number, tick: LiveTick): void {
    const ticks = this.#ticks.get(worker) ?? [];
    ticks.push(tick);
    while (ticks[0]!.fromUs < tick.toUs - WINDOW_US - SLACK_US && ticks.length > 1) ticks.shift();
    this.#ticks.set(worker, ticks);
  }

  /** @param nowUs µs from the run's start; a generator that is silent for too long counts as standing still */
  figures(nowUs: number): LiveFigures {
    const response = new LogHistogram();
    const lag = new LogHistogram();
    let hits = 0;
    let cacheable = 0;
    let offeredPerSecond = 0;
    let achievedPerSecond = 0;
    for (const ticks of this.#ticks.values()) {
      for (const tick of within(ticks, nowUs, WINDOW_US)) {
        response.merge(tick.response);
        lag.merge(tick.lag);
        hits += tick.cache[HIT]!;
        cacheable += tick.cache.reduce((sum, count) => sum + count, 0);
      }
      const last = within(ticks, nowUs, RATE_WINDOW_US);
      const seconds = last.reduce((sum, { fromUs, toUs }) => sum + (toUs - fromUs), 0) / 1e6;
      if (seconds === 0) continue;
      offeredPerSecond += last.reduce((sum, { due }) => sum + due, 0) / seconds;
      achievedPerSecond += last.reduce((sum, { ok }) => sum + ok, 0) / seconds;
    }
    const ms = (us: number | null) => us === null ? null : us / 1000;
    return {
      offeredPerSecond,
      achievedPerSecond,
      p50Ms: ms(response.estimate(0.5)),
      p95Ms: ms(response.estimate(0.95)),
      p99Ms: ms(response.estimate(0.99)),
      hitRate: cacheable === 0 ? null : hits / cacheable,
      lagP99Ms: ms(lag.estimate(0.99)),
    };
  }
}

/** Those that lie in the window before now; where one is longer than the window, that one alone. */
function within(ticks: readonly LiveTick[], nowUs: number, windowUs: number): LiveTick[] {
  const fromUs = nowUs - windowUs - SLACK_US;
  const whole = ticks.filter((tick) => tick.fromUs >= fromUs);
  const newest = ticks.at(-1);
  return whole.length > 0 || newest === undefined || newest.toUs < fromUs ? whole : [newest];
}
