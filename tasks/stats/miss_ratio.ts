/** What was asked of a cache. */
export interface Trace {
  /** When each lookup was made, µs, ascending. */
  readonly atUs: Float64Array;
  /** Which key it asked for, 0 to `keys` - 1. */
  readonly key: Int32Array;
  /** How many keys there are. */
  readonly keys: number;
  /** What a key's entry takes of the memory, bytes. */
  readonly bytes: Float64Array;
  /** Whether the lookup counts; those before fill the cache. */
  readonly counts: Uint8Array;
  /** How long a load takes: whoever asks meanwhile misses too. */
  readonly loadUs: number;
}

/** A cache to be. */
export interface CachePoint {
  /** How long an entry lives; Infinity: for ever. */
  readonly ttlSeconds: number;
  /** Room for entries; Infinity: for all. */
  readonly memoryBytes: number;
}

/**
 * The hit rate of caches of any TTL and memory, from the requests of one run. Each is gone through lookup by lookup, as an
 * LRU cache whose entries also expire would: so it is exact, where stack distances with TTLs (S. Sultan et al., "TTLs Matter:
 * Efficient Cache Sizing with TTL-Aware Miss Ratio Curves and Working Set Sizes", EuroSys 2024) are one pass for all sizes and
 * an estimate, by a point where entries are evicted and loaded anew. A million lookups at fifty points take some seconds;
 * longer runs are sampled by keys (C. Waldspurger et al., "Efficient MRC Construction with SHARDS", FAST 2015): a share of the
 * keys, with all their lookups, in that share of the memory.
 *
 * @returns in the order of the points; NaN where no lookup counts
 */
export function hitRates(trace: Trace, points: readonly CachePoint[]): number[] {
  return points.map((point) => hitRate(trace, point));
}

function hitRate(
  { atUs, key, keys, bytes, counts, loadUs }: Trace,
  { ttlSeconds, memoryBytes }: CachePoint,
): number {
  const ttlUs = ttlSeconds * 1e6;
  const entries = new RecencyList(keys);
  const loadedUs = new Float64Array(keys).fill(-Infinity);
  /** Keys in the order of their loads, which is that of their ends: those from `expired` on are not over. */
  const loads: number[] = [];
  const ends: number[] = [];
  let [expired, used, hits, lookups] = [0, 0, 0, 0];
  const drop = (asked: number) => {
    entries.remove(asked);
    used -= bytes[asked]!;
    loadedUs[asked] = -Infinity;
  };
  for (let at = 0; at < atUs.length; at++) {
    const now = atUs[at]!;
    for (; expired < loads.length && ends[expired]! < now; expired++) {
      const over = loads[expired]!;
      // Else it was evicted, or evicted and loaded anew.
      if (loadedUs[over]! + ttlUs === ends[expired]!) drop(over);
    }
    const asked = key[at]!;
    const age = now - loadedUs[asked]!;
    const known = age < Infinity;
    if (known) entries.remove(asked);
    else {
      loadedUs[asked] = now;
      used += bytes[asked]!;
      loads.push(asked);
      ends.push(now + ttlUs);
    }
    entries.append(asked);
    while (used > memoryBytes) drop(entries.oldest);
    if (counts[at] === 0) continue;
    lookups++;
    if (known && age >= loadUs) hits++;
  }
  return lookups === 0 ? NaN : hits / lookups;
}

/** Keys in the order in which they were asked for last. */
class RecencyList {
  /** By key; the last place stands for both ends. */
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #ends: number;

  constructor(keys: number) {
    this.#before = new Int32Array(keys + 1).fill(keys);
    this.#after = new Int32Array(keys + 1).fill(keys);
    this.#ends = keys;
  }

  /** The one that was not asked for the longest. */
  get oldest(): number {
    return this.#after[this.#ends]!;
  }

  append(key: number): void {
    const last = this.#before[this.#ends]!;
    this.#after[last] = key;
    this.#before[key] = last;
    this.#after[key] = this.#ends;
    this.#before[this.#ends] = key;
  }

  remove(key: number): void {
    const [before, after] = [this.#before[key]!, this.#after[key]!];
    this.#after[before] = after;
    this.#before[after] = before;
  }
}
