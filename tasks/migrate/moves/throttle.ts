/** How many rows the next batch has, and what those before it took. A value: each event gives the next one. */
export interface Throttle {
  readonly rows: number;
  /** That a batch is to take, ms. */
  readonly targetMs: number;
  /** The last batch, ms. */
  readonly lastMs: number;
  /** All batches together, ms. */
  readonly workedMs: number;
  /** All pauses together, ms. */
  readonly pausedMs: number;
}

/** Whoever wants a row of a batch waits as long as it takes: below what users notice. */
const TARGET_MS = 75;
/** Where users wait too long, shorter; not so short that commits are most of it. */
const LEAST_TARGET_MS = 20;
const FIRST_ROWS = 200;
const LEAST_ROWS = 10;
const MOST_ROWS = 20_000;
/**
 * Pauses take so many times of what the batches take, at most: a migration ends, in ten times of the time that it takes by
 * itself at worst, also where something else is what makes users wait.
 */
const MOST_PAUSED = 9;
/** One pause at most: a p95 over the last second has long forgotten the batch before it. */
const MOST_PAUSE_MS = 5_000;

/** Before the first batch. */
export const FIRST_BATCH: Throttle = {
  rows: FIRST_ROWS,
  targetMs: TARGET_MS,
  lastMs: 0,
  workedMs: 0,
  pausedMs: 0,
};

/**
 * After a batch: the number of rows follows the time that it took, at most doubled or halved at once; the time that it is
 * to take is halved where users wait too long, and comes back by and by.
 */
export function afterBatch(throttle: Throttle, tookMs: number, tooLong: boolean): Throttle {
  const targetMs = tooLong
    ? Math.max(LEAST_TARGET_MS, throttle.targetMs / 2)
    : Math.min(TARGET_MS, throttle.targetMs * 1.1);
  const factor = Math.min(2, Math.max(0.5, targetMs / Math.max(tookMs, 0.1)));
  return { ...worked(throttle, tookMs), rows: bounded(throttle.rows * factor), targetMs };
}

/** After a batch that came to nothing: it held too many rows, or for too long. */
export function afterFailure(throttle: Throttle, tookMs: number): Throttle {
  return { ...worked(throttle, tookMs), rows: bounded(throttle.rows / 2) };
}

/** How long a pause may be now, ms. */
export function pauseLimitMs({ workedMs, pausedMs }: Throttle): number {
  return Math.max(0, Math.min(MOST_PAUSE_MS, MOST_PAUSED * workedMs - pausedMs));
}

/** After a pause. */
export function afterPause(throttle: Throttle, tookMs: number): Throttle {
  return { ...throttle, pausedMs: throttle.pausedMs + tookMs };
}

function worked(throttle: Throttle, tookMs: number): Throttle {
  return { ...throttle, lastMs: tookMs, workedMs: throttle.workedMs + tookMs };
}

function bounded(rows: number): number {
  return Math.round(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, rows)));
}
