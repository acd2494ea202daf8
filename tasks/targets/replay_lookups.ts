import { Redis } from "ioredis";
import { type CacheBehaviour, USUAL_CACHE } from "../model/cache_settings.ts";
import { monotonicUs } from "../net/clock.ts";
import type { CachePoint, Trace } from "../stats/miss_ratio.ts";
import { rowEntries } from "./cache_entries.ts";
import { forgetKeys } from "./cache_keys.ts";
import { CachedTarget } from "./cached.ts";
import { type Call, complete, newCall, type Statement } from "./target.ts";

/** Lookups to be made again, of a cache that begins empty. */
export interface Replay extends Pick<Trace, "key" | "counts"> {
  /** When each is made, µs from the first. */
  readonly dueUs: Float64Array;
  /** How long a load takes, µs. */
  readonly loadUs: number;
  /** What the text of a key's answer is to have, characters. */
  readonly textOf: (key: number) => number;
  readonly behaviour?: Partial<CacheBehaviour>;
  readonly signal?: AbortSignal;
  /** Told of each that is answered. */
  readonly onAnswer?: (at: number, sentUs: number, call: Call) => void;
}

/** With the prefix, as long as keys are for which `redisBytes` holds. */
const NAME = "lookup-of-a-run-that-is-made-again";
const STATEMENT: Statement = { operationId: 0, name: NAME, write: false, text: "", parameters: ["id"] };

/** A Redis whose limits may be set, as others' keys are not in it. */
export interface OwnLimits {
  readonly redis: Redis;
  /** Its own limit, as CONFIG GET says it. */
  readonly maxmemory: string;
}

/**
 * Works with a Redis of Benchbook's own that evicts what was asked for longest ago; its limits are as before afterwards.
 * @returns null where others have keys in it, which lower limits would evict
 */
export async function withOwnLimits<T>(
  redisUrl: string,
  work: (limits: OwnLimits) => Promise<T>,
): Promise<T | null> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 2 });
  // What fails is told by the command that fails.
  redis.on("error", () => {});
  const names = ["maxmemory", "maxmemory-policy"] as const;
  try {
    if (/^db\d+:/m.test(await redis.info("keyspace"))) return null;
    const before: string[] = [];
    for (const name of names) before.push((await redis.config("GET", name) as string[])[1]!);
    try {
      await redis.config("SET", "maxmemory-policy", "allkeys-lru");
      return await work({ redis, maxmemory: before[0]! });
    } finally {
      for (const [at, name] of names.entries()) await redis.config("SET", name, before[at]!);
    }
  } finally {
    redis.disconnect();
  }
}

/**
 * Makes lookups of a cache of this TTL and memory, by cache-aside.
 * @param limits those that `withOwnLimits` gives
 * @param prefix of the keys, which are gone afterwards
 * @returns the hit rate of those that count; NaN where none does
 */
export async function replayLookups(
  { redis, maxmemory }: OwnLimits,
  redisUrl: string,
  prefix: string,
  { ttlSeconds, memoryBytes }: CachePoint,
  replay: Replay,
): Promise<number> {
  await redis.config("SET", "maxmemory", maxmemory);
  const cached = new CachedTarget(slowSource(replay), {
    redisUrl,
    prefix,
    entries: rowEntries,
    behaviour: { ...USUAL_CACHE, jitter: 0, ...replay.behaviour, ttlSeconds },
    nowUs: monotonicUs,
    random: Math.random,
  });
  await cached.open();
  try {
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))![1]);
    if (memoryBytes < Infinity) {
      await redis.config("SET", "maxmemory", String(Math.round(used + memoryBytes)));
    }
    return await lookUp(cached, replay);
  } finally {
    await cached.close();
    await forgetKeys(redisUrl, prefix, { ofAnother: true });
  }
}

function slowSource({ loadUs, textOf }: Replay) {
  const answer = (call: Call) => {
    if (call.completed) return;
    complete(call, monotonicUs(), "ok", null);
    call.rows = 1;
    call.answer = ["x".repeat(textOf(call.values[0] as number))];
    call.onDone();
  };
  return {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    run: (call: Call) => void (loadUs === 0 ? answer(call) : setTimeout(answer, loadUs / 1000, call)),
  };
}

/** An open loop: each is made when it is due, whatever became of those before. */
async function lookUp(cached: CachedTarget, replay: Replay): Promise<number> {
  const { key, counts, dueUs, signal, onAnswer } = replay;
  const under = new Set<Promise<void>>();
  let [hits, counted] = [0, 0];
  const beganUs = monotonicUs();
  for (let at = 0; at < key.length; at++) {
    while (monotonicUs() < beganUs + dueUs[at]!) await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
    const sentUs = monotonicUs();
    const call = newCall(STATEMENT, [key[at]!]);
    const { promise, resolve } = Promise.withResolvers<void>();
    call.onDone = () => {
      if (counts[at] === 1) counted++;
      if (counts[at] === 1 && call.cache === "hit") hits++;
      onAnswer?.(at, sentUs, call);
      under.delete(promise);
      resolve();
    };
    under.add(promise);
    cached.run(call);
  }
  await Promise.all(under);
  return hits / counted;
}
