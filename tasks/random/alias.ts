/** A discrete distribution sampled in constant time. */
export interface Alias {
  /** How many outcomes there are: 0 … size − 1. */
  readonly size: number;
  /**
   * The outcome of one uniform draw.
   * @param u uniform in [0, 1) with 53 bits: its leading bits choose the column, the rest decide within it
   */
  sample(u: number): number;
}

/**
 * Builds Walker's alias table by Vose's method: M. D. Vose, "A linear algorithm for generating random numbers
 * with a given distribution", IEEE Transactions on Software Engineering 17(9), 1991. 12 bytes an outcome.
 * @param weights not negative, not all zero; they need not sum to one
 */
export function alias(weights: ArrayLike<number>): Alias {
  const size = weights.length;
  let total = 0;
  for (let i = 0; i < size; i++) {
    if (!(weights[i]! >= 0)) throw new RangeError(`Weight ${i} must not be negative: it is ${weights[i]}`);
    total += weights[i]!;
  }
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError(`Weights must have a positive sum: it is ${total}`);
  }

  const keep = new Float64Array(size);
  const other = new Int32Array(size);
  // One array holds both work lists: the small from its start, the large from its end.
  const work = new Int32Array(size);
  let small = 0;
  let large = size;
  for (let i = 0; i < size; i++) {
    keep[i] = weights[i]! * size / total;
    other[i] = i;
    if (keep[i]! < 1) work[small++] = i;
    else work[--large] = i;
  }
  while (small > 0 && large < size) {
    const less = work[--small]!;
    const more = work[large]!;
    other[less] = more;
    keep[more] = keep[more]! + keep[less]! - 1;
    if (keep[more]! < 1) {
      large++;
      work[small++] = more;
    }
  }
  // What is left differs from one by rounding only.
  while (large < size) keep[work[large++]!] = 1;
  while (small > 0) keep[work[--small]!] = 1;

  return {
    size,
    sample(u) {
      const scaled = u * size;
      const column = scaled | 0;
      return scaled - column < keep[column]! ? column : other[column]!;
    },
  };
}
