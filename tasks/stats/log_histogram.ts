import { estimable, quantileRank } from "./quantile.ts";

/** Sixteenths of a microsecond: what the machine's clock tells apart, with room up to 134 s. */
const UNITS_PER_US = 16;
const MOST_UNITS = 2 ** 31 - 1;
const SUB_BITS = 6;
const SUB_BUCKETS = 1 << SUB_BITS;
/** Number of buckets: one for each unit of the first octaves, and `SUB_BUCKETS` for each octave above. */
const BUCKETS = (31 - SUB_BITS + 1) * SUB_BUCKETS;

/** What a histogram counted, small enough for a message: plain data. */
export interface LogCounts {
  /** Bucket of the first of `counts`. */
  readonly first: number;
  /** How many values fell into each bucket from that one on. */
  readonly counts: Uint32Array;
  /** Values that were infinite. */
  readonly infinite: number;
}

/**
 * A histogram of times in microseconds whose buckets grow with the value, as HdrHistogram has it (Tene): 64 linear
 * buckets an octave, found by counting leading zeros. A value is told with an error of at most 1/128 from 4 µs on,
 * and of 1/32 µs below that; from 134 s on values are told as 134 s. Memory is allocated once: adding costs some
 * nanoseconds.
 */
export class LogHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #finite = 0;
  #infinite = 0;

  /**
   * Counts a value.
   * @param us not negative (else counted as 0); may be Infinity
   */
  add(us: number): void {
    if (us === Infinity) {
      this.#infinite++;
      return;
    }
    this.#finite++;
    const units = us * UNITS_PER_US;
    this.#counts[bucketOf(units < MOST_UNITS ? (units > 0 ? units | 0 : 0) : MOST_UNITS)]!++;
  }

  /** Counts what another histogram has counted, as `take` gives it. */
  merge({ first, counts, infinite }: LogCounts): void {
    for (let index = 0; index < counts.length; index++) {
      this.#counts[first + index]! += counts[index]!;
      this.#finite += counts[index]!;
    }
    this.#infinite += infinite;
  }

  /** What was counted since the last time of asking; counts again from zero. */
  take(): LogCounts {
    let first = 0;
    let end = BUCKETS;
    while (first < end && this.#counts[first] === 0) first++;
    while (end > first && this.#counts[end - 1] === 0) end--;
    const taken = { first, counts: this.#counts.slice(first, end), infinite: this.#infinite };
    this.#counts.fill(0, first, end);
    this.#finite = 0;
    this.#infinite = 0;
    return taken;
  }

  /** The same as `quantile`, or null where so few values cannot tell it. */
  estimate(p: number): number | null {
    return estimable(this.#finite + this.#infinite, p) ? this.quantile(p) : null;
  }

  /** The quantile `p` in µs as the middle of its bucket, Infinity among the infinite; null of none. */
  quantile(p: number): number | null {
    const n = this.#finite + this.#infinite;
    if (n === 0) return null;
    let left = quantileRank(n, p);
    if (left > this.#finite) return Infinity;
    let bucket = -1;
    while (left > 0) left -= this.#counts[++bucket]!;
    return middleOf(bucket) / UNITS_PER_US;
  }
}

/** @param units a whole number from 0 to 2³¹ − 1 */
function bucketOf(units: number): number {
  if (units < SUB_BUCKETS) return units;
  const shift = 31 - SUB_BITS - Math.clz32(units);
  return shift * SUB_BUCKETS + (units >> shift);
}

function middleOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket + 0.5;
  const shift = (bucket >> SUB_BITS) - 1;
  const low = (SUB_BUCKETS + bucket % SUB_BUCKETS) * 2 ** shift;
  return low + 2 ** shift / 2;
}
