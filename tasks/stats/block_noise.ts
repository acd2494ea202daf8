import { studentBound } from "./student.ts";

/** How far a count over all blocks may be off by chance. */
export interface BlockNoise {
  /** The standard deviation of the count. */
  readonly deviation: number;
  /** So many of it bound the count with the confidence asked for. */
  readonly bound: number;
}

/**
 * The noise of a count of requests where those of one block resemble each other, and blocks their neighbours: the
 * long-run variance from the slowest cosine waves over the blocks, each of which gives an independent estimate, and
 * Student's distribution with as many degrees of freedom (Müller, "A theory of robust long-run variance estimation",
 * J. Econometrics 141, 2007; Lazarus, Lewis, Stock and Watson, "HAR inference", JBES 36, 2018).
 *
 * To resample stretches of blocks (stationary bootstrap, Politis and Romano 1994) tempts: but the spread of its
 * resamples is too small under noise that hangs together, and at 30 blocks with AR(0.5) its intervals hold 88 to 90 %;
 * these hold 94 to 96 % (`selfbench truth` counts). Nothing random is drawn, either.
 * @param hits of each block, in order of time
 * @param sizes requests of each block; may be 0
 * @returns null of fewer than three blocks or no requests
 */
export function blockNoise(
  hits: ArrayLike<number>,
  sizes: ArrayLike<number>,
  level = 0.95,
): BlockNoise | null {
  const blocks = sizes.length;
  let [hit, size] = [0, 0];
  for (let at = 0; at < blocks; at++) [hit, size] = [hit + hits[at]!, size + sizes[at]!];
  if (blocks < 3 || size === 0) return null;
  const waves = wavesOf(blocks);
  let variance = 0;
  for (let wave = 1; wave <= waves; wave++) {
    let weight = 0;
    for (let at = 0; at < blocks; at++) {
      weight += (hits[at]! - hit / size * sizes[at]!) * Math.cos(Math.PI * wave * (at + 0.5) / blocks);
    }
    variance += 2 * weight * weight / waves;
  }
  return { deviation: Math.sqrt(variance), bound: boundOf(level, waves) };
}

/**
 * 0.4·n^(2/3), as Lazarus et al. have it, rounded down: 3 waves for 30 blocks, 6 for 60. More would narrow the
 * interval, and see less of slow noise. One wave alone would leave hardly any bound (Student's is 12.7 then), and
 * counts are too skewed so far out: 76 % of such intervals of a p99 hold it, of those by two waves 95 %.
 */
function wavesOf(blocks: number): number {
  return Math.max(2, Math.floor(0.4 * Math.cbrt(blocks * blocks)));
}

const bounds = new Map<string, number>();

function boundOf(level: number, degrees: number): number {
  const key = `${level} ${degrees}`;
  const known = bounds.get(key) ?? studentBound(level, degrees);
  bounds.set(key, known);
  return known;
}

/**
 * Ranks (1 … n) between which a quantile lies: those whose share the count of values below it can have by chance
 * (Woodruff, "Confidence intervals for medians and other position measures", JASA 47, 1952), with a term for the
 * skewness of counts near 0 and n (Cornish and Fisher). Null at a side: no rank lies far enough out.
 */
export function noisyRanks(
  n: number,
  p: number,
  { deviation, bound }: BlockNoise,
): { readonly low: number | null; readonly high: number | null } {
  const design = deviation * deviation / (n * p * (1 - p));
  // An order statistic of rank r lies above the quantile where at most r - 1 values lie below it: hence the half.
  const centre = n * p + 0.5 + design * (1 - 2 * p) * (bound * bound - 1) / 6;
  const low = Math.floor(centre - bound * deviation);
  const high = Math.ceil(centre + bound * deviation);
  // The quantile's own rank lies within, also where the skewness moves the whole.
  const own = Math.min(n, Math.max(1, Math.ceil(n * p - 1e-9)));
  return { low: low < 1 ? null : Math.min(low, own), high: high > n ? null : Math.max(high, own) };
}
