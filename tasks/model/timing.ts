/** What became of a slot's attempt. */
export const OUTCOMES = ["ok", "failed", "timeout", "shed", "unsent"] as const;
/** One of `OUTCOMES`: `shed` fell to the in-flight cap, `unsent` was due when the run was ended. */
export type Outcome = typeof OUTCOMES[number];

/** What the cache answered; null where the path or operation has no cache. */
export const CACHE_STATES = ["hit", "miss", "stale", "bypass"] as const;
/** One of `CACHE_STATES`; `bypass`: the cache failed and was stepped around. */
export type CacheState = typeof CACHE_STATES[number];

/**
 * One attempt of one scheduled slot: the raw record, never a summary. Times are microseconds from the
 * run's start on its monotonic clock; null means that the attempt never got so far.
 *
 * Response time = done − intended (open loop); service time = done − sent; generator lag = woke − intended.
 */
export interface Timing {
  /** The request's number within the run over all workers, from 0. */
  readonly slot: number;
  /** 0 for the first; with `slot` unique within a run. */
  readonly attempt: number;
  /** The generator thread that sent it, from 0. */
  readonly worker: number;
  /** The phase in which it was due. */
  readonly phaseId: number;
  /** The operation that was asked. */
  readonly operationId: number;
  /** When it was due: by the schedule (open loop), or when its client was ready (closed loop). */
  readonly intendedUs: number;
  /** When the generator turned to it. */
  readonly wokeUs: number | null;
  /** When a connection was free for it. */
  readonly acquiredUs: number | null;
  /** When its bytes went out. */
  readonly sentUs: number | null;
  /** When the answer was complete, or the request was given up. */
  readonly doneUs: number | null;
  /** What became of it. */
  readonly outcome: Outcome;
  /** SQLSTATE, HTTP status, GraphQL error code or a client's own code such as ECONNREFUSED. */
  readonly error: string | null;
  /** What the cache answered. */
  readonly cache: CacheState | null;
  /** Rows of the answer; null where there was none or the path does not count them. */
  readonly rows: number | null;
  /**
   * All bytes received for the answer, what its protocol adds included: from the cache where that answered (`hit`),
   * else from PostgreSQL or the GraphQL service. Null where there was no answer.
   */
  readonly bytes: number | null;
}
