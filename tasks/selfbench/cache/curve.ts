import { Redis } from "ioredis";
import { USUAL_CACHE } from "../../model/cache_settings.ts";
import { monotonicUs } from "../../net/clock.ts";
import { counter } from "../../random/counter.ts";
import { zipf } from "../../random/zipf.ts";
import { redisBytes } from "../../redis/memory.ts";
import { type CachePoint, hitRates, type Trace } from "../../stats/miss_ratio.ts";
import { rowEntries } from "../../targets/cache_entries.ts";
import { forgetKeys } from "../../targets/cache_keys.ts";
import { CachedTarget } from "../../targets/cached.ts";
import { type Call, complete, newCall, type Statement } from "../../targets/target.ts";

/** The hit rate of one cache, as computed from the run of another and as it really was. */
export interface CheckedPoint extends CachePoint {
  readonly computed: number;
  readonly measured: number;
}

const KEYS = 4000;
const SKEW = 0.9;
/** Lookups a second. */
const RATE = 1500;
const STATEMENT: Statement = {
  operationId: 0,
  name: "looked-up",
  write: false,
  text: "",
  parameters: ["id"],
};
const TEXT = "x".repeat(900);
/** The one that the others are computed from. */
const BASE: CachePoint = { ttlSeconds: 2, memoryBytes: Infinity };
/** TTLs, and memories as shares of what all entries take. */
const POINTS = [[0.5, Infinity], [4, Infinity], [2, 1 / 2], [4, 1 / 2], [2, 1 / 4], [4, 1 / 4]] as const;

/** Six caches, computed from the lookups of a seventh, and then really run. @param redisUrl of a server of our own */
export async function checkedPoints(
  redisUrl: string,
  prefix: string,
  lookups: number,
): Promise<CheckedPoint[]> {
  const redis = new Redis(redisUrl);
  const [, before] = await redis.config("GET", "maxmemory-policy") as string[];
  try {
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    const base = await runAt(redis, redisUrl, prefix, BASE, lookups);
    const all = base.trace.bytes.reduce((sum, bytes) => sum + bytes, 0);
    const points = POINTS.map(([ttlSeconds, share]) => ({ ttlSeconds, memoryBytes: share * all }));
    const computed = hitRates(base.trace, points);
    const checked: CheckedPoint[] = [];
    for (const [at, point] of points.entries()) {
      const { hitRate } = await runAt(redis, redisUrl, prefix, point, lookups);
      checked.push({ ...point, computed: computed[at]!, measured: hitRate });
    }
    return checked;
  } finally {
    await redis.config("SET", "maxmemory", "0");
    await redis.config("SET", "maxmemory-policy", before!);
    redis.disconnect();
  }
}

/** Runs the same lookups against a cache that begins empty; the first fifth fills it. */
async function runAt(
  redis: Redis,
  redisUrl: string,
  prefix: string,
  { ttlSeconds, memoryBytes }: CachePoint,
  lookups: number,
): Promise<{ readonly trace: Trace; readonly hitRate: number }> {
  await redis.config("SET", "maxmemory", "0");
  await forgetKeys(redisUrl, prefix, { ofAnother: true });
  const cached = new CachedTarget(source, {
    redisUrl,
    prefix,
    entries: rowEntries,
    behaviour: { ...USUAL_CACHE, jitter: 0, ttlSeconds },
    nowUs: monotonicUs,
    random: () => 0.5,
  });
  await cached.open();
  try {
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))![1]);
    if (memoryBytes < Infinity) {
      await redis.config("SET", "maxmemory", String(Math.round(used + memoryBytes)));
    }
    return await lookUp(cached, lookups);
  } finally {
    await cached.close();
  }
}

const source = {
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
  run(call: Call) {
    complete(call, monotonicUs(), "ok", null);
    call.rows = 1;
    call.answer = [{ id: call.values[0], text: TEXT }];
    call.onDone();
  },
};

async function lookUp(cached: CachedTarget, lookups: number): Promise<{ trace: Trace; hitRate: number }> {
  const random = counter(5, "curve");
  const ranks = zipf(KEYS, SKEW);
  const trace = {
    atUs: new Float64Array(lookups),
    key: Int32Array.from({ length: lookups }, (_, at) => ranks.sample(random, at, 0)),
    keys: KEYS,
    bytes: new Float64Array(KEYS),
    counts: Uint8Array.from({ length: lookups }, (_, at) => at >= lookups / 5 ? 1 : 0),
    loadUs: 0,
  };
  let hits = 0;
  const beganUs = monotonicUs();
  for (let at = 0; at < lookups; at++) {
    while (monotonicUs() < beganUs + at * 1e6 / RATE) await new Promise((resolve) => setTimeout(resolve, 1));
    const key = trace.key[at]!;
    trace.atUs[at] = monotonicUs();
    const call = newCall(STATEMENT, [key]);
    await new Promise<void>((resolve) => {
      call.onDone = resolve;
      cached.run(call);
    });
    if (call.cache === "hit") trace.bytes[key] = redisBytes(call.bytes);
    if (call.cache === "hit" && trace.counts[at] === 1) hits++;
  }
  const known = trace.bytes.find((bytes) => bytes > 0) ?? 0;
  // All are alike; those that were asked for once alone had no hit to tell.
  for (const key of new Set(trace.key)) trace.bytes[key] ||= known;
  return { trace, hitRate: hits / trace.counts.reduce((sum, counts) => sum + counts, 0) };
}
