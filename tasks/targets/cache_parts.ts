import type { CacheBehaviour } from "../model/cache_settings.ts";
import type { Network } from "../net/channel.ts";
import { monotonicUs } from "../net/clock.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import type { RedisConnection } from "../redis/connection.ts";
import type { Entries } from "./cache_entries.ts";
import { StoredKeys } from "./cache_keys.ts";
import { CacheLoads } from "./cache_loads.ts";
import { CacheLocks, LOCK_MS, type LocksOptions } from "./cache_locks.ts";
import { CacheKeys } from "./cache_lookup.ts";
import { CacheStores } from "./cache_stores.ts";
import { CacheTags } from "./cache_tags.ts";
import { EvictionWatch } from "./eviction_watch.ts";
import { type CacheRefusal, Refusals } from "./refusals.ts";
import { StallWatch } from "./stall_watch.ts";
import type { Target } from "./target.ts";

export interface CachedTargetOptions {
  readonly redisUrl: string;
  /** Of the keys of this path and run only: nobody else shares an entry. */
  readonly prefix: string;
  /** Of the versions by which writes outdate entries: those of the run, which all its arms change; `prefix` without it. */
  readonly tagPrefix?: string;
  readonly entries: Entries;
  readonly behaviour: CacheBehaviour;
  /** Others keep keys there too: storing ends where any are evicted. */
  readonly shared?: boolean;
  readonly nowUs: () => number;
  /** Uniform in [0, 1): spreads expiry, early loads and waiting. */
  readonly random: () => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
  /** How long a load may take that nobody waits for, ms. */
  readonly loadLimitMs?: number;
  /** After how long a loader's lock is gone that it does not renew, ms; `LOCK_MS` if absent. */
  readonly lockMs?: number;
  /** The clock that tells how old entries are, µs: of all threads and processes. */
  readonly clockUs?: () => number;
}

const LOAD_LIMIT_MS = 30_000;

/** What a cache before a target consists of. */
export interface CacheParts {
  readonly keys: CacheKeys;
  readonly stores: CacheStores;
  readonly loads: CacheLoads;
  readonly tags: CacheTags;
  readonly refusals: Refusals;
  readonly stalls: StallWatch;
  /** Uniform in (0, 1]. */
  readonly random: () => number;
}

/** @param look looks whether there is an entry by now that serves a load */
export function cacheParts(
  target: Target,
  redis: RedisConnection,
  options: CachedTargetOptions,
  look: LocksOptions["look"],
): CacheParts {
  const { behaviour, prefix, tagPrefix = prefix, entries, nowUs, shared } = options;
  const { network = runtimeNetwork, clockUs = monotonicUs, loadLimitMs: limitMs = LOAD_LIMIT_MS } = options;
  const random = () => 1 - options.random();
  const send = redis.send.bind(redis);
  const refusals = new Refusals();
  const refused = (doing: CacheRefusal["doing"], what: Error) => refusals.add(doing, what);
  const tagged = behaviour.invalidation === "tags" && behaviour.strategy !== "none";
  const keys = new CacheKeys(prefix, tagged ? `${tagPrefix}tag:` : null);
  const stores = new CacheStores({
    send,
    behaviour,
    entries,
    clockUs,
    random: options.random,
    evictions: shared ? new EvictionWatch(send, (what) => refused("write", what)) : null,
    stored: new StoredKeys(),
    refused: (error) => refused("write", error),
    distrust: (error) => redis.distrust(error),
  });
  const locks = new CacheLocks({
    send,
    look,
    keyOf: ({ lookup }) => keys.lockOf(lookup),
    stored: (key, ttlMs) => stores.note(key, ttlMs),
    refused: (error) => refused("write", error),
    network,
    lockMs: options.lockMs ?? LOCK_MS,
    random,
  });
  const loads = new CacheLoads({
    target,
    entries,
    singleFlight: behaviour.singleFlight,
    locks,
    store: (load, answer) => stores.store(load, answer),
    stores: () => stores.going,
    network,
    nowUs,
    clockUs,
    limitMs,
  });
  const tags = new CacheTags({
    keys,
    behaviour,
    nowUs,
    set: (key, version, done) => stores.setTag(key, version, done),
    refresh: (lookup, version) => loads.refresh(lookup, version, NaN),
  });
  const stalls = new StallWatch(network, () => redis.progress, (error) => redis.distrust(error));
  return { keys, stores, loads, tags, refusals, stalls, random };
}
