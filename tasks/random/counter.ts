/**
 * A random number generator without state: every value is a pure function of (seed, stream, index, lane),
 * so any worker can draw the values of any row or slot, in any order, and all agree.
 */
export interface Counter {
  /**
   * 32 uniform bits as an unsigned integer.
   * @param index which row or slot, 0 ≤ index < 2^48
   * @param lane which of the independent values of that index, 0 ≤ lane < 2^32
   */
  u32(index: number, lane?: number): number;
  /** Uniform in [0, 1) with all 53 bits of a double, the same arguments as `u32`. */
  float(index: number, lane?: number): number;
  /** Uniform integer in [0, below), 1 ≤ below ≤ 2^32; its bias is less than below / 2^53. */
  integer(index: number, lane: number, below: number): number;
}

/**
 * Opens the stream of that name under a seed. Streams are independent of one another, as are lanes.
 *
 * The mixer is PCG4D of Jarzynski and Olano, "Hash Functions for GPU Rendering", Journal of Computer
 * Graphics Techniques 9(3), 2020: four 32-bit words in, four out, by multiplication, addition and shift of
 * 32-bit words only, which is what JavaScript does fast (`Math.imul`). Philox and Squares need the high half
 * of a product or 64-bit words, which it does not have without BigInt.
 *
 * @param seed any integer that a double holds exactly
 */
export function counter(seed: number, stream: string): Counter {
  const [key0, key1] = streamKey(seed, stream);
  let x = 0;
  let y = 0;

  /** Leaves the last two words of PCG4D(index low, index high ^ key0, lane, key1), the best mixed, in x and y. */
  function mix(index: number, lane: number): void {
    let a = Math.imul(index >>> 0, 1664525) + 1013904223 | 0;
    let b = Math.imul((index / 4294967296 | 0) ^ key0, 1664525) + 1013904223 | 0;
    let c = Math.imul(lane, 1664525) + 1013904223 | 0;
    let d = Math.imul(key1, 1664525) + 1013904223 | 0;
    a = a + Math.imul(b, d) | 0;
    b = b + Math.imul(c, a) | 0;
    c = c + Math.imul(a, b) | 0;
    d = d + Math.imul(b, c) | 0;
    a ^= a >>> 16;
    b ^= b >>> 16;
    c ^= c >>> 16;
    d ^= d >>> 16;
    a = a + Math.imul(b, d) | 0;
    b = b + Math.imul(c, a) | 0;
    x = c + Math.imul(a, b) | 0;
    y = d + Math.imul(b, x) | 0;
  }

  return {
    u32(index, lane = 0) {
      mix(index, lane);
      return finish(x);
    },
    float(index, lane = 0) {
      mix(index, lane);
      return ((finish(x) >>> 5) * 67108864 + (finish(y) >>> 6)) / 9007199254740992;
    },
    integer(index, lane, below) {
      mix(index, lane);
      const u = ((finish(x) >>> 5) * 67108864 + (finish(y) >>> 6)) / 9007199254740992;
      return Math.floor(u * below);
    },
  };
}

/**
 * A bijection of 32-bit words with good avalanche: "lowbias32", found by Chris Wellons' hash prospector
 * (https://nullprogram.com/blog/2018/07/31/). It finishes PCG4D's words, of which the low bits are weaker
 * than the high ones.
 */
export function finish(word: number): number {
  word = Math.imul(word ^ word >>> 16, 0x7feb352d);
  word = Math.imul(word ^ word >>> 15, 0x846ca68b);
  return (word ^ word >>> 16) >>> 0;
}

/** Two key words of (seed, stream): FNV-1a over the stream's characters, begun from the seed's two halves. */
function streamKey(seed: number, stream: string): [number, number] {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed must be a safe integer: it is ${seed}`);
  let first = finish((seed >>> 0) ^ 0x9e3779b9);
  let second = finish(Math.floor(seed / 4294967296) ^ first);
  for (let i = 0; i < stream.length; i++) {
    first = Math.imul(first ^ stream.charCodeAt(i), 16777619);
    second = finish(second + first | 0);
  }
  return [finish(first ^ second), finish(second ^ 0x85ebca6b)];
}
