import { counter, finish } from "./counter.ts";

const ROUNDS = 6;

/**
 * A pseudo-random bijection of 0 … n−1 onto itself, without a table: index in, image out, so that scattering
 * ten million keys costs no memory. A Feistel network over the next power of four, walked until it lands
 * within n again: J. Black and P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002. At most four
 * steps a call on average.
 * @param n 1 ≤ n ≤ 2^48
 */
export function permutation(n: number, seed: number, stream: string): (index: number) => number {
  if (!(Number.isSafeInteger(n) && n >= 1 && n <= 2 ** 48)) {
    throw new RangeError(`A permutation needs 1 ≤ n ≤ 2^48: n is ${n}`);
  }
  let half = 2;
  while (half * half < n) half *= 2;
  const random = counter(seed, stream);
  const keys = Int32Array.from({ length: ROUNDS }, (_, round) => random.u32(round));

  function step(value: number): number {
    let left = Math.floor(value / half);
    let right = value % half;
    for (let round = 0; round < ROUNDS; round++) {
      // `half` is a power of two of at most 2^24, so that masking is exact.
      const mixed = (left ^ finish(right ^ keys[round]!)) & (half - 1);
      left = right;
      right = mixed;
    }
    return left * half + right;
  }

  return (index) => {
    if (!(index >= 0 && index < n)) throw new RangeError(`An index must be in [0, ${n}): it is ${index}`);
    let value = step(index);
    while (value >= n) value = step(value);
    return value;
  };
}
