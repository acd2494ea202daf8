import type { Sample } from "../model/run.ts";

/** One value of a source at one moment, before it has a time. */
export interface Reading {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Something that can be asked, again and again, how it is. */
export interface Source {
  readonly name: Sample["source"];
  /**
   * Reads everything once. `atUs` is the moment on the run's clock, for rates.
   * @throws when it cannot be read now; it may be asked again at the next tick.
   */
  read(atUs: number): Promise<Reading[]> | Reading[];
  /** What this source cannot tell here, in whole sentences; known after the first reading. */
  readonly unavailable: readonly string[];
  close(): Promise<void>;
}

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

/** A reading without labels. */
export function reading(metric: string, value: number, labels: Reading["labels"] = {}): Reading {
  return { metric, labels, value };
}
