import type { Metric } from "../model/metric.ts";
import type { Reading } from "./source.ts";

/** Turns counters that only grow into rates per second. */
export class Rates {
  readonly #before = new Map<string, { atUs: number; value: number }>();

  /**
   * The counter's growth per second since it was last given. Null the first time, and when it shrank: the
   * server was restarted or its statistics reset, and the truth of that interval is not known.
   */
  perSecond(key: string, value: number, atUs: number): number | null {
    const before = this.#before.get(key);
    this.#before.set(key, { atUs, value });
    if (before === undefined || value < before.value || atUs <= before.atUs) return null;
    return (value - before.value) / ((atUs - before.atUs) / 1e6);
  }

  /** Forgets everything: what follows is another server. */
  clear(): void {
    this.#before.clear();
  }
}

/** Makes of what a source read what is stored, as its metrics are declared. */
export class Meter {
  readonly #metrics: ReadonlyMap<string, Metric>;
  readonly #rates = new Rates();
  /** Series that are 0 where they are not read. */
  readonly #seen = new Map<string, Reading>();
  #connections = 0;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = new Map(metrics.map((metric) => [metric.name, metric]));
  }

  /**
   * @param atUs when it was read, on the run's clock
   * @param connections see `SampleReader`
   * @throws where a metric is not declared
   */
  values(readings: readonly Reading[], atUs: number, connections = 0): Reading[] {
    if (connections !== this.#connections) this.#rates.clear();
    this.#connections = connections;
    const absent = new Map(this.#seen);
    const values = readings.flatMap((reading) => {
      const metric = this.#metrics.get(reading.metric);
      if (metric === undefined) {
        throw new Error(`it gave the metric ${reading.metric}, which is not declared`);
      }
      const key = `${reading.metric} ${JSON.stringify(reading.labels)}`;
      if (metric.kind === "counter") {
        const value = this.#rates.perSecond(key, reading.value, atUs);
        if (value === null) return [];
        // The kernel's clock and ours differ by a little, and nothing lasts longer than the time in which it does.
        return [{ ...reading, value: metric.unit === "share" ? Math.min(1, value) : value }];
      }
      absent.delete(key);
      if (metric.absent === 0) this.#seen.set(key, { ...reading, value: 0 });
      return [reading];
    });
    return [...values, ...absent.values()];
  }
}
