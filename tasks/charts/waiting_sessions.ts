/** A wait for a lock, as far as it takes to count those who wait. */
export interface WaitSpan {
  /** When the waiting began, µs from the run's start. */
  readonly atUs: number;
  /** How long it was seen, µs. */
  readonly waitedUs: number;
  /** The lock's mode, e.g. `AccessShareLock`. */
  readonly mode: string;
  /** Whose session it is. */
  readonly role: string;
}

/** From `second` on so many sessions waited for a lock of this mode, up to the next row of it. */
export interface WaitingCount {
  /** The lock's mode, e.g. `AccessShareLock`. */
  readonly mode: string;
  /** Seconds from the run's start. */
  readonly second: number;
  /** How many sessions. */
  readonly n: number;
}

/** How many sessions waited for each mode, as steps: a row wherever a number changes. Modes in order of first waiting. */
export function waitingSessions(waits: readonly WaitSpan[]): WaitingCount[] {
  return [...Map.groupBy(waits, ({ mode }) => mode)].flatMap(([mode, own]) => {
    const changes = own.flatMap(({ atUs, waitedUs }) => [{ atUs, by: 1 }, { atUs: atUs + waitedUs, by: -1 }])
      .sort((a, b) => a.atUs - b.atUs);
    let n = 0;
    return [...Map.groupBy(changes, ({ atUs }) => atUs)].map(([atUs, together]) => {
      n += together.reduce((sum, { by }) => sum + by, 0);
      return { mode, second: atUs / 1e6, n };
    });
  });
}
