/** What became of a slot's attempt. */
export const OUTCOMES = ["ok", "failed", "timeout", "shed", "unsent"] as const;
/** One of `OUTCOMES`: `shed` fell to the in-flight cap, `unsent` was due when the run was ended. */
export type Outcome = typeof OUTCOMES[number];

/** What the cache answered; null where the path or operation has no cache. */
export const CACHE_STATES = ["hit", "miss", "stale", "bypass"] as const;
/** One of `CACHE_STATES`; `bypass`: the cache failed and was stepped around. */
export type CacheState = typeof CACHE_STATES[number];
