import type { Lookup } from "./cache_lookup.ts";
import type { Call } from "./target.ts";

/** A lock that is held. */
export interface CacheLock {
  release(): void;
}

/** A question under way behind the cache, and those that wait for its answer. */
export interface Load {
  readonly lookup: Lookup;
  readonly call: Call;
  readonly waiting: Set<Call>;
  /** The version that its entry's tag had before it was asked. */
  readonly tag: number;
  /** Whether its answer is to be stored. */
  readonly store: boolean;
  /** It goes on though nobody waits. */
  readonly background: boolean;
  /** When the entry that it replaces was stored; NaN: there is none. */
  readonly replacesUs: number;
  /** When it was asked, µs of the machine's clock. */
  beganUs: number;
  lock: CacheLock | null;
  over: boolean;
  /** Takes back what is to be done later for it. */
  forget: () => void;
  /** Takes back its limit. */
  unlimit: () => void;
}

/** An entry that was loaded by others meanwhile, for those that wait for it. */
export interface LoadedElsewhere {
  readonly rows: number;
  readonly bytes: number;
  readonly ageUs: number;
  readonly answer: (keep: Call["keep"]) => unknown;
}
