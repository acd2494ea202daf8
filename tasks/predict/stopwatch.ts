import type { PgClient } from "../postgres/client.ts";
import { median } from "../stats/robust.ts";

/** A measurement is repeated until it has lasted so long, three times at most. */
const ENOUGH_MS = 250;

/** Measures how long statements take, and knows when it is time to stop. */
export class Stopwatch {
  /** @param untilMs no further measurement is begun then, as `performance.now()` counts */
  constructor(readonly client: Pick<PgClient, "query">, readonly untilMs: number) {}

  get isOver(): boolean {
    return performance.now() > this.untilMs;
  }

  /** ms */
  async time(statement: string): Promise<number> {
    const begun = performance.now();
    await this.client.query(statement);
    return performance.now() - begun;
  }

  /** The median of some times, ms. @param statement of each of them; @param once it cannot be done again */
  async median(statement: () => string, once = false): Promise<number> {
    const times: number[] = [];
    do times.push(await this.time(statement())); while (
      !once && times.length < 3 && times.reduce((sum, ms) => sum + ms, 0) < ENOUGH_MS && !this.isOver
    );
    return median(times)!;
  }
}
