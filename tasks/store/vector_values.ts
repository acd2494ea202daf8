/**
 * Values in the form in which DuckDB's vectors hold them, made out of the raw numbers of a segment. DuckDB could
 * cast them itself, and takes longer for it than for storing them.
 */

/** From 2^52 on a double has no fractions: its lowest 52 bits are the whole number beyond that. */
const WHOLE = 2 ** 52;
const LOW_20_BITS = 0xfffff;
/** The upper half of each 64 bits, where the lower comes first. */
const UPPER = 1;

/**
 * Writes numbers as 64-bit integers, rounded to the nearest, a half to the even one (IEEE 754, as DuckDB's cast
 * does). What is not finite becomes 0.
 * @param into room for as many 64 bits; little-endian, as are all machines that Deno runs on
 */
export function writeIntegers(numbers: Float64Array, into: BigInt64Array): void {
  const floats = new Float64Array(into.buffer, into.byteOffset, numbers.length);
  const words = new Uint32Array(into.buffer, into.byteOffset, 2 * numbers.length);
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at]!;
    if (value >= 0 && value < WHOLE) {
      // The sum's exponent and sign lie above the 52 bits, in the upper word.
      floats[at] = value + WHOLE;
      words[2 * at + UPPER]! &= LOW_20_BITS;
    } else into[at] = Number.isFinite(value) ? BigInt(nearest(value)) : 0n;
  }
}

/** Of numbers below 0 or without fractions. */
function nearest(value: number): number {
  return value <= -WHOLE || value >= WHOLE ? value : value - WHOLE + WHOLE;
}

/** The numbers that are values; any other stands for null. NaN is never one. */
export interface Valid {
  readonly from: number;
  readonly below: number;
}

/** Whether any of the numbers stands for null. */
export function hasNull(numbers: ArrayLike<number>, valid: Valid): boolean {
  for (let at = 0; at < numbers.length; at++) if (!isValid(numbers[at]!, valid)) return true;
  return false;
}

/**
 * Clears the bits of nulls in a vector's validity mask, in which a set bit stands for a value.
 * @param from the row of the first number
 */
export function clearNulls(
  numbers: ArrayLike<number>,
  valid: Valid,
  validity: Uint8Array,
  from: number,
): void {
  for (let at = 0; at < numbers.length; at++) {
    if (isValid(numbers[at]!, valid)) continue;
    const row = from + at;
    validity[row >> 3]! &= ~(1 << (row & 7));
  }
}

function isValid(value: number, { from, below }: Valid): boolean {
  return value >= from && value < below;
}
