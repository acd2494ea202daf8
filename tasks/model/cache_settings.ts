import type { Choice, Setting, Settings, SettingValues } from "./scenario.ts";

/** How a cache before a path works. */
export interface CacheBehaviour {
  /** How long an entry is fresh, s. */
  readonly ttlSeconds: number;
  /** Entries live the TTL × (1 ± this). */
  readonly jitter: number;
}

/** How a cache works without `--set`; the TTL is the scenario's own. */
export const USUAL_CACHE: CacheBehaviour = { ttlSeconds: 60, jitter: 0.1 };

/** What `--set` can change of the cache before a path, in every scenario. */
export const CACHE_SETTINGS: Readonly<Record<string, Setting | Choice>> = {
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
};

/** What settings say of the cache. */
export function cacheBehaviour(settings: SettingValues): CacheBehaviour {
  const number = (name: string, usual: number) => (settings as Settings)[name] ?? usual;
  return {
    ttlSeconds: number("cache_ttl", USUAL_CACHE.ttlSeconds),
    jitter: number("cache_jitter", USUAL_CACHE.jitter * 100) / 100,
  };
}
