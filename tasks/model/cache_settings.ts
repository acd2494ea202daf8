import type { Choice, Setting, Settings, SettingValues } from "./scenario.ts";

/** When a cache answers, loads and stores. */
export const STRATEGIES = [
  "cache-aside",
  "write-through",
  "stale-while-revalidate",
  "xfetch",
  "none",
] as const;
/** One of `STRATEGIES`. */
export type Strategy = typeof STRATEGIES[number];

/** Among whom several misses of one key at a time become one question. */
export const SINGLE_FLIGHTS = ["off", "process", "all"] as const;
/** One of `SINGLE_FLIGHTS`: nobody, the requests of one generator thread, or those of all threads and processes. */
export type SingleFlight = typeof SINGLE_FLIGHTS[number];

/** What a write makes of the entries that it outdates. */
export const INVALIDATIONS = ["off", "tags"] as const;
/** One of `INVALIDATIONS`. */
export type Invalidation = typeof INVALIDATIONS[number];

/** How a cache before a path works. */
export interface CacheBehaviour {
  /** When it answers, loads and stores. */
  readonly strategy: Strategy;
  /** Among whom misses of one key become one question. */
  readonly singleFlight: SingleFlight;
  /** How long an entry is fresh, s. */
  readonly ttlSeconds: number;
  /** Entries live the TTL × (1 ± this). */
  readonly jitter: number;
  /** How long beyond its TTL an entry may still be answered while it is loaded anew, s. */
  readonly staleSeconds: number;
  /** How long an answer without rows is fresh, s; 0: as long as others. */
  readonly negativeSeconds: number;
  /** Entries with more bytes are stored compressed; 0: none. */
  readonly compressAbove: number;
  /** What writes make of entries. */
  readonly invalidation: Invalidation;
  /** How early XFetch loads anew: 1 is its authors' choice, more is earlier. */
  readonly beta: number;
}

/** How a cache works without `--set`; the TTL is the scenario's own. */
export const USUAL_CACHE: CacheBehaviour = {
  strategy: "cache-aside",
  singleFlight: "process",
  ttlSeconds: 60,
  jitter: 0.1,
  staleSeconds: 30,
  negativeSeconds: 0,
  compressAbove: 0,
  invalidation: "off",
  beta: 1,
};

/** What `--set` can change of the cache before a path, in every scenario. */
export const CACHE_SETTINGS: Readonly<Record<string, Setting | Choice>> = {
  strategy: {
    default: USUAL_CACHE.strategy,
    choices: STRATEGIES,
    describe: "when the cache answers, loads and stores",
  },
  single_flight: {
    default: USUAL_CACHE.singleFlight,
    choices: SINGLE_FLIGHTS,
    describe: "among whom several misses of one key at a time become one question",
  },
  cache_ttl: {
    default: USUAL_CACHE.ttlSeconds,
    min: 1,
    max: 86_400,
    unit: "s",
    describe: "how long a cached answer lives",
  },
  cache_jitter: {
    default: USUAL_CACHE.jitter * 100,
    min: 0,
    max: 90,
    unit: "%",
    describe: "by how much each entry's TTL is longer or shorter, at random",
  },
  stale_ttl: {
    default: USUAL_CACHE.staleSeconds,
    min: 0,
    max: 86_400,
    unit: "s",
    describe:
      "with stale-while-revalidate: how long beyond its TTL an entry is still answered while it is loaded anew",
  },
  negative_ttl: {
    default: USUAL_CACHE.negativeSeconds,
    min: 0,
    max: 86_400,
    unit: "s",
    describe: "how long an answer without rows lives; 0: as long as others",
  },
  compress_above: {
    default: USUAL_CACHE.compressAbove,
    min: 0,
    max: 67_108_864,
    unit: "bytes",
    describe: "entries with more bytes are stored compressed; 0: none",
  },
  invalidate: {
    default: USUAL_CACHE.invalidation,
    choices: INVALIDATIONS,
    describe: "`tags`: a write outdates at once the entries that its scenario says it changes",
  },
  xfetch_beta: {
    default: USUAL_CACHE.beta,
    min: 0.1,
    max: 10,
    unit: "",
    describe: "with xfetch: how early an entry is loaded anew, in proportion",
  },
  verify: {
    default: 0,
    min: 0,
    max: 12,
    unit: "",
    describe: "after the run, so many other caches of the map of hit rates are really run, see below",
  },
};

/** How many other caches are to be run after a run with the lookups of an arm. */
export function asksToVerify(
  settings: SettingValues,
  { overrides }: { readonly overrides?: object },
): number {
  const own = (overrides as { settings?: SettingValues } | undefined)?.settings;
  return (({ ...settings, ...own }) as Settings)["verify"] ?? 0;
}

/** What an arm's cache does: its own settings go before those of the run. */
export function armCacheBehaviour(
  settings: SettingValues,
  { overrides }: { readonly overrides?: object },
): CacheBehaviour {
  return cacheBehaviour({
    ...settings,
    ...(overrides as { settings?: SettingValues } | undefined)?.settings,
  });
}

/** How long after it was stored an entry may be answered at the most, s. */
export function longestLife(
  { strategy, ttlSeconds, negativeSeconds, jitter, staleSeconds }: CacheBehaviour,
): number {
  const fresh = Math.max(ttlSeconds, negativeSeconds) * (1 + jitter);
  return fresh + (strategy === "stale-while-revalidate" ? staleSeconds : 0);
}

/** What settings say of the cache. */
export function cacheBehaviour(settings: SettingValues): CacheBehaviour {
  const number = (name: string, usual: number) => (settings as Settings)[name] ?? usual;
  const word = <T extends string>(name: string, usual: T) => (settings[name] ?? usual) as T;
  const usual = USUAL_CACHE;
  const strategy = word("strategy", usual.strategy);
  return {
    strategy,
    singleFlight: word("single_flight", usual.singleFlight),
    ttlSeconds: number("cache_ttl", usual.ttlSeconds),
    jitter: number("cache_jitter", usual.jitter * 100) / 100,
    staleSeconds: number("stale_ttl", usual.staleSeconds),
    negativeSeconds: number("negative_ttl", usual.negativeSeconds),
    compressAbove: number("compress_above", usual.compressAbove),
    // What is written through must be told from what it replaces.
    invalidation: strategy === "write-through" ? "tags" : word("invalidate", usual.invalidation),
    beta: number("xfetch_beta", usual.beta),
  };
}
