import { armCacheBehaviour, type CacheBehaviour, longestLife } from "../model/cache_settings.ts";
import type { CacheAge, CacheCheck, CacheMap, CacheSummary } from "../model/cache_summary.ts";
import {
  type ArmRecord,
  CACHE_BACKGROUND_LOADS,
  CACHE_CHECKS,
  CACHE_SLOWEST_LOAD,
  type Run,
} from "../model/run.ts";
import type { Warning } from "../model/summary.ts";
import { counted, formatMs } from "../model/units.ts";
import { hitRates } from "../stats/miss_ratio.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { bytesOfAll, MEMORY_SHARES, pointOf, readTrace, type TracedArm, ttlsFor } from "./cache_trace.ts";

/** One row of summary/cache_use.sql. */
interface UseRow {
  readonly arm: string;
  readonly lookups: number;
  readonly hits: number;
  readonly loads: number;
  readonly aged: number;
  readonly p50_us: number | null;
  readonly p99_us: number | null;
  readonly max_us: number | null;
  readonly slowest_us: number | null;
  readonly load_us: number | null;
}

/** One row of summary/cache_loads.sql. */
interface ToldLoads {
  readonly arm: string;
  readonly background: number;
  readonly slowest_us: number | null;
}

/** From Redis's clock to ours, and from its answer to us. */
const TRANSIT_US = 50_000;
/** More are sampled by keys; a map of them is computed in about a second. */
const MOST_LOOKUPS = 100_000;
/** What the caches of a run did; empty where none was asked, or by an older version that did not tell keys. */
export async function cacheSummaries(
  rows: Rows,
  run: Run,
  arms: readonly ArmRecord[],
): Promise<CacheSummary[]> {
  if (!arms.some(({ path }) => path.endsWith("+cache"))) return [];
  const uses = await rows.rows<UseRow>(query("summary/cache_use"), { run: run.runId });
  const told = await rows.rows<ToldLoads>(query("summary/cache_loads"), {
    run: run.runId,
    background: CACHE_BACKGROUND_LOADS,
    slowest: CACHE_SLOWEST_LOAD,
  });
  const made: CacheSummary[] = [];
  for (const use of uses) {
    const arm = arms.find(({ name }) => name === use.arm);
    if (arm === undefined || use.lookups + use.loads === 0) continue;
    const behaviour = armCacheBehaviour(run.config.settings, arm);
    const loads = told.find(({ arm }) => arm === use.arm);
    made.push({
      arm: use.arm,
      strategy: behaviour.strategy,
      age: await ageOf(rows, run, use, { behaviour, toldUs: loads?.slowest_us ?? null }),
      loads: use.loads,
      backgroundLoads: loads?.background ?? 0,
      map: await mapOf(rows, run, use, behaviour),
    });
  }
  return made;
}

/** What an arm's cache was to do, and the longest load that it told of, µs; null: of a version that told none. */
interface Promised {
  readonly behaviour: CacheBehaviour;
  readonly toldUs: number | null;
}

/**
 * How old an answer may be, µs: as long as an entry lives, and the longest load. Where that was not told, a load that nobody
 * waited for took as long as a request may, at the most.
 */
function promisedUs({ behaviour, toldUs }: Promised, waitedUs: number | null, timeoutMs: number): number {
  const waitedFor = behaviour.strategy === "cache-aside" ? waitedUs : null;
  const loadUs = toldUs === null ? waitedFor ?? timeoutMs * 1000 : Math.max(toldUs, waitedUs ?? 0);
  return longestLife(behaviour) * 1e6 + loadUs + TRANSIT_US;
}

async function ageOf(rows: Rows, run: Run, use: UseRow, cache: Promised): Promise<CacheAge | null> {
  if (use.aged === 0) return null;
  const promised = Math.round(promisedUs(cache, use.slowest_us, run.config.timeoutMs));
  const [older] = use.max_us! <= promised
    ? [{ n: 0 }]
    : await rows.rows<{ n: number }>(query("summary/cache_older"), {
      run: run.runId,
      arm: use.arm,
      promised,
    });
  return {
    n: use.aged,
    p50Ms: use.p50_us! / 1000,
    p99Ms: use.p99_us! / 1000,
    maxMs: use.max_us! / 1000,
    promisedMs: promised / 1000,
    older: older!.n,
  };
}

async function mapOf(rows: Rows, run: Run, use: UseRow, behaviour: CacheBehaviour): Promise<CacheMap | null> {
  const trace = await readTrace(rows, run.runId, tracedArm(use), MOST_LOOKUPS);
  if (trace === null) return null;
  const all = bytesOfAll(trace);
  const ttls = ttlsFor(behaviour.ttlSeconds, trace);
  const points = ttls.flatMap((ttl) => MEMORY_SHARES.map((share) => pointOf(ttl, share, all)));
  const found = hitRates(trace, [...points, pointOf(behaviour.ttlSeconds, 1, all)]);
  const memories = MEMORY_SHARES.map((share) => Math.round(share * all / trace.sampled));
  const checks = await checksOf(rows, run.runId, use.arm, memories);
  return {
    lookups: trace.atUs.length,
    sampled: trace.sampled,
    ttls,
    memories,
    hitRates: ttls.map((_, at) => found.slice(at * MEMORY_SHARES.length, (at + 1) * MEMORY_SHARES.length)),
    own: {
      ttl: behaviour.ttlSeconds,
      computed: found.at(-1)!,
      measured: use.lookups === 0 ? null : use.hits / use.lookups,
    },
    ...checks.length > 0 && { checks },
  };
}

/** What an arm's lookups are read by. */
function tracedArm({ arm, lookups, loads, load_us }: UseRow): TracedArm {
  return { arm, asked: Math.max(lookups, loads), loadUs: load_us ?? 0 };
}

/** The same of each arm with a cache that was asked. */
export async function tracedArms(rows: Rows, runId: string): Promise<TracedArm[]> {
  return (await rows.rows<UseRow>(query("summary/cache_use"), { run: runId })).map(tracedArm);
}

/** Other caches that were run with an arm's lookups. @param memories by `MEMORY_SHARES` */
async function checksOf(
  rows: Rows,
  run: string,
  arm: string,
  memories: readonly number[],
): Promise<CacheCheck[]> {
  const found = await rows.rows<Omit<CacheCheck, "memory"> & { readonly share: number }>(
    query("summary/cache_checks"),
    { run, arm, ...CACHE_CHECKS },
  );
  return found.map(({ share, ttl, computed, measured }) => ({
    ttl,
    memory: memories[MEMORY_SHARES.indexOf(share)]!,
    computed,
    measured,
  }));
}

/** A promise that was not kept is told, and one that was is not. */
export function stalenessWarnings(caches: readonly CacheSummary[]): Warning[] {
  return caches.flatMap(({ arm, strategy, age }) =>
    age === null || age.older === 0 ? [] : [{
      code: "cache-staleness",
      text: `${counted(age.older, "answer")} of ${arm} ${
        age.older === 1 ? "was" : "were"
      } older than ${strategy} promises: up to ${formatMs(age.maxMs)}, with ${
        formatMs(age.promisedMs)
      } promised.`,
    }]
  );
}
