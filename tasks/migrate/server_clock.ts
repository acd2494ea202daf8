/** When something was asked and answered by the run's clock, and what the server's clock showed meanwhile, µs. */
export interface ClockReading {
  readonly askedUs: number;
  readonly answeredUs: number;
  readonly serverUs: number;
}

/** Readings that are remembered: clocks drift, and one that was close once is not for ever. */
const KEPT = 200;

/**
 * Moments of a server's clock on the run's, by the reading among the last ones that was answered soonest: it is wrong
 * by half of that time at most (D. Mills, RFC 5905).
 */
export class ServerClock {
  #readings: ClockReading[] = [];
  #errorUs = 0;

  /** No moment that was told is wrong by more than this. */
  get errorUs(): number {
    return this.#errorUs;
  }

  add(reading: ClockReading): void {
    this.#readings = [...this.#readings, reading].slice(-KEPT);
  }

  /** Forgets everything: what follows is another server's clock. */
  clear(): void {
    this.#readings = [];
  }

  /** @throws {RangeError} where no clock was read */
  toRun(serverUs: number): number {
    const errorUs = ({ askedUs, answeredUs }: ClockReading) => (answeredUs - askedUs) / 2;
    const [first, ...rest] = this.#readings;
    if (first === undefined) {
      throw new RangeError("Cannot tell a server's time: its clock must have been read");
    }
    const best = rest.reduce((best, reading) => errorUs(reading) < errorUs(best) ? reading : best, first);
    this.#errorUs = Math.max(this.#errorUs, errorUs(best));
    return serverUs + (best.askedUs + best.answeredUs) / 2 - best.serverUs;
  }
}
