import { counter } from "../../random/counter.ts";
import { zipf } from "../../random/zipf.ts";
import { redisBytes } from "../../redis/memory.ts";
import { type CachePoint, hitRates, type Trace } from "../../stats/miss_ratio.ts";
import { type Replay, replayLookups, withOwnLimits } from "../../targets/replay_lookups.ts";
import type { Call } from "../../targets/target.ts";

/** The hit rate of one cache, as computed from the run of another and as it really was. */
export interface CheckedPoint extends CachePoint {
  readonly computed: number;
  readonly measured: number;
}

const KEYS = 4000;
const SKEW = 0.9;
/** Lookups a second. */
const RATE = 1500;
/** Characters of each answer. */
const LENGTH = 900;
/** The one that the others are computed from. */
const BASE: CachePoint = { ttlSeconds: 2, memoryBytes: Infinity };
/** TTLs, and memories as shares of what all entries take. */
const POINTS = [[0.5, Infinity], [4, Infinity], [2, 1 / 2], [4, 1 / 2], [2, 1 / 4], [4, 1 / 4]] as const;

/**
 * Six caches, computed from the lookups of a seventh, and then really run; none where others have keys in that Redis.
 * @param redisUrl of a server of our own
 */
export async function checkedPoints(
  redisUrl: string,
  prefix: string,
  lookups: number,
): Promise<CheckedPoint[]> {
  const { replay, trace } = recorded(lookups);
  const textOf = () => LENGTH;
  return await withOwnLimits(redisUrl, async (limits) => {
    await replayLookups(limits, redisUrl, prefix, BASE, { ...replay, textOf });
    const known = trace.bytes.find((bytes) => bytes > 0) ?? 0;
    // All are alike; those that were asked for once alone had no hit to tell.
    for (const key of new Set(trace.key)) trace.bytes[key] ||= known;
    const all = trace.bytes.reduce((sum, bytes) => sum + bytes, 0);
    const points = POINTS.map(([ttlSeconds, share]) => ({ ttlSeconds, memoryBytes: share * all }));
    const computed = hitRates(trace, points);
    const checked: CheckedPoint[] = [];
    for (const [at, point] of points.entries()) {
      const measured = await replayLookups(limits, redisUrl, prefix, point, {
        ...replay,
        textOf,
        onAnswer: undefined,
      });
      checked.push({ ...point, computed: computed[at]!, measured });
    }
    return checked;
  }) ?? [];
}

/** Lookups by chance, of which the first fifth fills the cache, and the trace that they leave when they are made. */
function recorded(lookups: number): { readonly replay: Omit<Replay, "textOf">; readonly trace: Trace } {
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
  const replay = {
    ...trace,
    dueUs: Float64Array.from({ length: lookups }, (_, at) => at * 1e6 / RATE),
    onAnswer: (at: number, sentUs: number, { cache, bytes }: Call) => {
      trace.atUs[at] = sentUs;
      if (cache === "hit") trace.bytes[trace.key[at]!] = redisBytes(bytes);
    },
  };
  return { replay, trace };
}
