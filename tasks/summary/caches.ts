import { armCacheBehaviour, type CacheBehaviour, longestLife } from "../model/cache_settings.ts";
import type { CacheAge, CacheMap, CacheSummary } from "../model/cache_summary.ts";
import { type ArmRecord, CACHE_BACKGROUND_LOADS, type Run } from "../model/run.ts";
import type { Warning } from "../model/summary.ts";
import { counted, formatMs } from "../model/units.ts";
import { redisBytes } from "../redis/memory.ts";
import { hitRates, type Trace } from "../stats/miss_ratio.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

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

/** One row of summary/cache_lookups.sql. */
interface LookupRow {
  readonly at_us: number;
  readonly id: number;
  readonly bytes: number;
  readonly measured: boolean;
}

/** From Redis's clock to ours, and from its answer to us. */
const TRANSIT_US = 50_000;
/** More are sampled by keys; a map of them is computed in about a second. */
const MOST_LOOKUPS = 100_000;
/** A sample of keys is taken in parts of so many. */
const PARTS = 1024;
/** With fewer a map would show chance. */
const FEWEST_LOOKUPS = 200;
const TTLS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
const MOST_TTLS = 8;
const MEMORY_SHARES = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/** What the caches of a run did; empty where none was asked, or by an older version that did not tell keys. */
export async function cacheSummaries(
  rows: Rows,
  run: Run,
  arms: readonly ArmRecord[],
): Promise<CacheSummary[]> {
  if (!arms.some(({ path }) => path.endsWith("+cache"))) return [];
  const uses = await rows.rows<UseRow>(query("summary/cache_use"), { run: run.runId });
  const background = await rows.rows<{ readonly arm: string; readonly n: number }>(
    "SELECT labels ->> '$.arm' AS arm, sum(value)::DOUBLE AS n FROM sample WHERE run_id = $run AND metric = $metric GROUP BY ALL",
    { run: run.runId, metric: CACHE_BACKGROUND_LOADS },
  );
  const made: CacheSummary[] = [];
  for (const use of uses) {
    const arm = arms.find(({ name }) => name === use.arm);
    if (arm === undefined || use.lookups + use.loads === 0) continue;
    const behaviour = armCacheBehaviour(run.config.settings, arm);
    made.push({
      arm: use.arm,
      strategy: behaviour.strategy,
      age: await ageOf(rows, run, use, behaviour),
      loads: use.loads,
      backgroundLoads: background.find(({ arm }) => arm === use.arm)?.n ?? 0,
      map: await mapOf(rows, run, use, behaviour),
    });
  }
  return made;
}

/** How old an answer may be, µs: a load that nobody waited for took as long as a request may, at the most. */
function promisedUs(behaviour: CacheBehaviour, slowestUs: number | null, timeoutMs: number): number {
  const inBackground = behaviour.strategy !== "cache-aside";
  return longestLife(behaviour) * 1e6 +
    (inBackground || slowestUs === null ? timeoutMs * 1000 : slowestUs) + TRANSIT_US;
}

async function ageOf(rows: Rows, run: Run, use: UseRow, behaviour: CacheBehaviour): Promise<CacheAge | null> {
  if (use.aged === 0) return null;
  const promised = Math.round(promisedUs(behaviour, use.slowest_us, run.config.timeoutMs));
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
  const asked = Math.max(use.lookups, use.loads);
  if (asked < FEWEST_LOOKUPS) return null;
  const parts = Math.min(PARTS, Math.max(1, Math.ceil(PARTS * MOST_LOOKUPS / asked)));
  const lookups = await rows.rows<LookupRow>(query("summary/cache_lookups"), {
    run: run.runId,
    arm: use.arm,
    parts,
  });
  if (lookups.length < FEWEST_LOOKUPS) return null;
  const trace = traceOf(lookups, use.load_us ?? 0);
  const sampled = parts / PARTS;
  const all = trace.bytes.reduce((sum, bytes) => sum + bytes, 0);
  const lengthSeconds = (lookups.at(-1)!.at_us - lookups[0]!.at_us) / 1e6;
  const ttls = ttlsFor(behaviour.ttlSeconds, lengthSeconds);
  const points = ttls.flatMap((ttlSeconds) =>
    MEMORY_SHARES.map((share) => ({ ttlSeconds, memoryBytes: share === 1 ? Infinity : share * all }))
  );
  const found = hitRates(trace, [...points, { ttlSeconds: behaviour.ttlSeconds, memoryBytes: Infinity }]);
  return {
    lookups: lookups.length,
    sampled,
    ttls,
    memories: MEMORY_SHARES.map((share) => Math.round(share * all / sampled)),
    hitRates: ttls.map((_, at) => found.slice(at * MEMORY_SHARES.length, (at + 1) * MEMORY_SHARES.length)),
    own: {
      ttl: behaviour.ttlSeconds,
      computed: found.at(-1)!,
      measured: use.lookups === 0 ? null : use.hits / use.lookups,
    },
  };
}

function traceOf(lookups: readonly LookupRow[], loadUs: number): Trace {
  const keys = 1 + lookups.reduce((most, { id }) => Math.max(most, id), 0);
  const bytes = new Float64Array(keys);
  for (const row of lookups) bytes[row.id] = redisBytes(row.bytes);
  return {
    atUs: Float64Array.from(lookups, ({ at_us }) => at_us),
    key: Int32Array.from(lookups, ({ id }) => id),
    keys,
    bytes,
    counts: Uint8Array.from(lookups, ({ measured }) => measured ? 1 : 0),
    loadUs,
  };
}

/** Those that a run of this length can tell apart, and its own. */
function ttlsFor(own: number, lengthSeconds: number): number[] {
  const told = TTLS.filter((ttl) => ttl !== own && ttl < lengthSeconds).slice(0, MOST_TTLS - 1);
  return [...told, own].sort((a, b) => a - b);
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
