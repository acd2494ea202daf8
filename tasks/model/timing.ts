/** What became of a slot's attempt. */
export const OUTCOMES = ["ok", "failed", "timeout", "shed", "unsent"] as const;
export type Outcome = typeof OUTCOMES[number];

/** What the cache answered; null where the path or operation has no cache. */
export const CACHE_STATES = ["hit", "miss", "stale", "bypass"] as const;
export type CacheState = typeof CACHE_STATES[number];

/**
 * One attempt of one scheduled slot: the raw record, never a summary. Times are microseconds from the
 * run's start on its monotonic clock; null means that the attempt never got so far.
 *
 * Response time = done − intended (open loop); service time = done − sent; generator lag = woke − intended.
 */
export interface Timing {
  readonly slot: number;
  readonly attempt: number;
  readonly worker: number;
  readonly phaseId: number;
  readonly operationId: number;
  readonly intendedUs: number;
  readonly wokeUs: number | null;
  readonly acquiredUs: number | null;
  readonly sentUs: number | null;
  readonly doneUs: number | null;
  readonly outcome: Outcome;
  /** SQLSTATE, HTTP status, GraphQL error code or a client's own code such as ECONNREFUSED. */
  readonly error: string | null;
  readonly cache: CacheState | null;
  readonly rows: number | null;
  readonly bytes: number | null;
}
