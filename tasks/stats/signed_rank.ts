import { normalCdf, normalQuantile } from "./normal.ts";

/** Up to so many differences the null distribution is counted out; beyond, the normal one is close enough. */
const EXACT = 25;

/** Wilcoxon's signed-rank test that the differences are symmetric about 0. */
export interface SignedRank {
  /** Differences that are not 0; zeros carry no sign and are left out, as Wilcoxon did. */
  readonly n: number;
  /** Sum of the ranks of positive differences; ties share their mean rank. */
  readonly w: number;
  /** Two-sided; 1 when there is no difference that is not 0. */
  readonly p: number;
  /** P(W ≥ w): small when the differences lie above 0. */
  readonly pGreater: number;
  /** P(W ≤ w): small when they lie below 0. */
  readonly pLess: number;
}

/**
 * The signed-rank test (Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945; Hollander and
 * Wolfe, "Nonparametric Statistical Methods", 3.1): exact by counting all sign patterns of the (possibly tied) ranks up to 25
 * differences, else normal with corrections for ties and continuity. Infinite differences are allowed: they
 * rank last.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const values = differences.filter((value) => value !== 0);
  const n = values.length;
  if (n === 0) return { n, w: 0, p: 1, pGreater: 1, pLess: 1 };
  const ranks = doubledRanks(values.map(Math.abs));
  const doubled = values.reduce((sum, value, at) => value > 0 ? sum + ranks[at]! : sum, 0);
  const [pGreater, pLess] = n <= EXACT ? exactTails(ranks, doubled) : normalTails(ranks, doubled);
  return { n, w: doubled / 2, p: Math.min(1, 2 * Math.min(pGreater, pLess)), pGreater, pLess };
}

/**
 * How many of the ordered Walsh averages of n values may be cut off at each end for an interval of at least
 * this confidence (0: none may, and no interval exists), and the confidence that is reached.
 * The same as R's `qsignrank`, as used by `wilcox.test(conf.int = TRUE)`.
 */
export function walshCut(n: number, level: number): { readonly cut: number; readonly reached: number } {
  const alpha = (1 - level) / 2;
  if (n > EXACT) {
    const mean = n * (n + 1) / 4;
    const deviation = Math.sqrt(n * (n + 1) * (2 * n + 1) / 24);
    const cut = Math.max(0, Math.floor(mean - normalQuantile(1 - alpha) * deviation));
    return { cut, reached: level };
  }
  const counts = signPatterns(Array.from({ length: n }, (_, at) => at + 1));
  const all = 2 ** n;
  let below = 0;
  let cut = 0;
  while ((below + counts[cut]!) / all <= alpha) below += counts[cut++]!;
  return { cut, reached: 1 - 2 * below / all };
}

/** Mean ranks times two, so that ties stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => compare(values[a]!, values[b]!));
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let at = from; at <= to; at++) ranks[order[at]!] = from + to + 2;
    from = to + 1;
  }
  return ranks;
}

/** Also for two infinities, whose difference is not a number. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For each sum the number of subsets of the ranks that have it. */
function signPatterns(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const counts = new Float64Array(total + 1);
  counts[0] = 1;
  let top = 0;
  for (const rank of ranks) {
    top += rank;
    for (let sum = top; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
  }
  return counts;
}

function exactTails(ranks: readonly number[], w: number): [number, number] {
  const counts = signPatterns(ranks);
  let below = 0;
  let above = 0;
  counts.forEach((count, sum) => {
    if (sum <= w) below += count;
    if (sum >= w) above += count;
  });
  return [above / 2 ** ranks.length, below / 2 ** ranks.length];
}

/** The variance of the sum of signed ranks is Σ rank² / 4, which corrects for ties by itself. */
function normalTails(ranks: readonly number[], w: number): [number, number] {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0)) / 2;
  // Half a rank of continuity correction is 1 in doubled ranks.
  return [normalCdf(-(w - 1 - mean) / deviation), normalCdf((w + 1 - mean) / deviation)];
}
