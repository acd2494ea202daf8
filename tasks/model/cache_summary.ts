import { significant } from "./units.ts";

/** What the cache before an arm did, over all measured requests of it. */
export interface CacheSummary {
  /** The arm with the cache. */
  readonly arm: string;
  /** Its strategy, e.g. `cache-aside`. */
  readonly strategy: string;
  /** How old answers were that an entry gave; null where none did. */
  readonly age: CacheAge | null;
  /** Requests that had what lies behind the cache asked, and waited for it. */
  readonly loads: number;
  /** Loads that no request waited for, over the whole run. */
  readonly backgroundLoads: number;
  /** The hit rate of other caches, computed from this run; null where there were too few lookups. */
  readonly map: CacheMap | null;
}

/** How old answers were, from when their question was asked: so stale they were at the most. */
export interface CacheAge {
  /** Answers that an entry gave. */
  readonly n: number;
  /** The median, ms. */
  readonly p50Ms: number;
  /** 99 of 100 were younger, ms. */
  readonly p99Ms: number;
  /** The oldest, ms. */
  readonly maxMs: number;
  /** What the strategy promises at the most: the TTL, its jitter, how long stale entries serve, and a load, ms. */
  readonly promisedMs: number;
  /** Answers that were older. */
  readonly older: number;
}

/** The hit rate at every pair of a TTL and a memory, as an LRU cache with cache-aside would have it. */
export interface CacheMap {
  /** Lookups that it is computed from. */
  readonly lookups: number;
  /** The share of the keys that they are of, 0 to 1. */
  readonly sampled: number;
  /** In seconds, ascending. */
  readonly ttls: readonly number[];
  /** In bytes, ascending; the last one holds every entry of the run. */
  readonly memories: readonly number[];
  /** By TTL, then by memory, 0 to 1. */
  readonly hitRates: readonly (readonly number[])[];
  /** The run's own point: with its TTL and room for all. */
  readonly own: {
    /** In seconds. */
    readonly ttl: number;
    /** As computed, 0 to 1. */
    readonly computed: number;
    /** As measured, 0 to 1; null where nothing was looked up, as with the strategy `none`. */
    readonly measured: number | null;
  };
  /** Caches that were really run afterwards; absent where none was. */
  readonly checks?: readonly CacheCheck[];
}

/** A cache of the map that was run with the same lookups, by cache-aside in a Redis with that memory. */
export interface CacheCheck {
  /** In seconds. */
  readonly ttl: number;
  /** In bytes, one of the map's. */
  readonly memory: number;
  /** The hit rate computed from the lookups that it was asked, 0 to 1. */
  readonly computed: number;
  /** What it came to, 0 to 1. */
  readonly measured: number;
}

/** How far a measured hit rate is from the computed one. */
export function pointsApart({ computed, measured }: Pick<CacheCheck, "computed" | "measured">): string {
  const apart = significant(100 * Math.abs(computed - measured), 2);
  return `${apart} ${apart === "1" ? "point" : "points"}`;
}
