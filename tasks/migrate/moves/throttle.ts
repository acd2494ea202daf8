/** How many rows the next batch has, and how long it takes its time before it. A value: `afterBatch` gives the next one. */
export interface Throttle {
  readonly rows: number;
  /** That a batch is to take, ms. */
  readonly targetMs: number;
  /** All batches together, ms. */
  readonly workedMs: number;
  /** All pauses together, ms. */
  readonly pausedMs: number;
}

/** Whoever wants a row of a batch waits as long as it takes: below what users notice. */
const TARGET_MS = 75;
/** Where users suffer, shorter: they wait less, and a commit for each 20 ms is still no waste. */
const LEAST_TARGET_MS = 20;
const FIRST_ROWS = 200;
const LEAST_ROWS = 10;
const MOST_ROWS = 20_000;
/**
 * Pauses take so many times of what the batches take, at most: a migration ends, in ten times the time that it takes by
 * itself at worst, also where something else is what makes users wait.
 */
const MOST_PAUSED = 9;
/** One pause at most: p95 looks back over a second, so that after two it knows nothing of the batch any more. */
const MOST_PAUSE_MS = 5_000;

/** Before the first batch. */
export const FIRST_BATCH: Throttle = { rows: FIRST_ROWS, targetMs: TARGET_MS, workedMs: 0, pausedMs: 0 };

/**
 * After a batch: its size follows the time that it took, at most doubled or halved at once; the time that it is to take
 * is halved where users wait too long, and comes back by and by.
 * @param rows that it went through; fewer than it might have say nothing of the size
 */
export function afterBatch(
  throttle: Throttle,
  { tookMs, full, suffering }: {
    readonly tookMs: number;
    readonly full: boolean;
    readonly suffering: boolean;
  },
): Throttle {
  const targetMs = suffering
    ? Math.max(LEAST_TARGET_MS, throttle.targetMs / 2)
    : Math.min(TARGET_MS, throttle.targetMs * 1.1);
  const factor = Math.min(2, Math.max(0.5, targetMs / Math.max(tookMs, 0.1)));
  const rows = full || factor < 1 ? bounded(throttle.rows * factor) : throttle.rows;
  return { ...throttle, rows, targetMs, workedMs: throttle.workedMs + tookMs };
}

/** After a batch that came to nothing: it held too many rows, or held them for too long. */
export function afterFailure(throttle: Throttle, tookMs: number): Throttle {
  return { ...throttle, rows: bounded(throttle.rows / 2), workedMs: throttle.workedMs + tookMs };
}

/** How long it may pause now, ms, if users still suffer so long. */
export function pauseLimitMs({ workedMs, pausedMs }: Throttle): number {
  return Math.max(0, Math.min(MOST_PAUSE_MS, MOST_PAUSED * workedMs - pausedMs));
}

/** After a pause. */
export function afterPause(throttle: Throttle, tookMs: number): Throttle {
  return { ...throttle, pausedMs: throttle.pausedMs + tookMs };
}

function bounded(rows: number): number {
  return Math.round(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, rows)));
}
