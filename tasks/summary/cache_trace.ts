import { redisBytes } from "../redis/memory.ts";
import type { CachePoint, Trace } from "../stats/miss_ratio.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** One row of summary/cache_lookups.sql. */
interface LookupRow {
  readonly at_us: number;
  readonly id: number;
  readonly bytes: number;
  readonly measured: boolean;
}

/** What an arm asked its cache, or the lookups of a share of its keys. */
export interface CacheTrace extends Trace {
  /** What arrived for a key's entry, bytes. */
  readonly received: Float64Array;
  /** The share of the keys that these are, 0 to 1. */
  readonly sampled: number;
}

/** Whose lookups, how many there are of them, and how long a load takes. */
export interface TracedArm {
  readonly arm: string;
  readonly asked: number;
  readonly loadUs: number;
}

/** A sample of keys is taken in parts of so many. */
const PARTS = 1024;
/** With fewer a map would show chance. */
const FEWEST_LOOKUPS = 200;
const TTLS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
const MOST_TTLS = 8;
/** Of what all entries take. */
export const MEMORY_SHARES = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/** The lookups of an arm, or where there are more than `most`, those of a share of its keys. Null: too few. */
export async function readTrace(
  rows: Rows,
  runId: string,
  { arm, asked, loadUs }: TracedArm,
  most: number,
): Promise<CacheTrace | null> {
  if (asked < FEWEST_LOOKUPS) return null;
  const parts = Math.min(PARTS, Math.max(1, Math.ceil(PARTS * most / asked)));
  const lookups = await rows.rows<LookupRow>(query("summary/cache_lookups"), { run: runId, arm, parts });
  if (lookups.length < FEWEST_LOOKUPS) return null;
  const keys = 1 + lookups.reduce((highest, { id }) => Math.max(highest, id), 0);
  const received = new Float64Array(keys);
  for (const row of lookups) received[row.id] = row.bytes;
  return {
    atUs: Float64Array.from(lookups, ({ at_us }) => at_us),
    key: Int32Array.from(lookups, ({ id }) => id),
    keys,
    received,
    bytes: received.map(redisBytes),
    counts: Uint8Array.from(lookups, ({ measured }) => measured ? 1 : 0),
    loadUs,
    sampled: parts / PARTS,
  };
}

/** What all entries of a trace take of a Redis's memory, bytes. */
export function bytesOfAll({ bytes }: Pick<Trace, "bytes">): number {
  return bytes.reduce((sum, each) => sum + each, 0);
}

/** A memory as a share of what all entries take. */
export function pointOf(ttlSeconds: number, share: number, all: number): CachePoint {
  return { ttlSeconds, memoryBytes: share === 1 ? Infinity : share * all };
}

/** TTLs that lookups of this length can tell apart, and their own. @param own of the run, s */
export function ttlsFor(own: number, { atUs }: Pick<Trace, "atUs">): number[] {
  const lengthSeconds = (atUs.at(-1)! - atUs[0]!) / 1e6;
  const told = TTLS.filter((ttl) => ttl !== own && ttl < lengthSeconds).slice(0, MOST_TTLS - 1);
  return [...told, own].sort((a, b) => a - b);
}
