import { mean, variance } from "./moments.ts";
import { studentTail } from "./student.ts";

/** Where a series takes another level. */
export interface DivisiveChange {
  /** Index of the first value at the new level. */
  readonly at: number;
  /** Two-sided p of Student's test between the stretches before and after, which end at the neighbouring changes. */
  readonly p: number;
  /** Mean of the stretch before, in the unit of the values. */
  readonly before: number;
  /** Mean of the stretch after. */
  readonly after: number;
}

/** How a change is told from noise. */
export interface DivisiveOptions {
  /** Changes of the mean that are smaller are left out, in the unit of the values: log(1.03) of logarithms for 3 %. */
  readonly minChange: number;
  /** A change has a smaller p; the first pass takes ten times as much. */
  readonly maxP?: number;
  /** Values that are looked at together; the next look begins half a window on, or at the last change. */
  readonly window?: number;
  /** Fewest values of a level: a single one is an outlier. */
  readonly minLength?: number;
}

/** Fewer values have no change points: their p may be small by chance too often, or never. */
export const LEAST_VALUES = 10;
/** Places are picked where they differ most, so p is small more often than it says: hence no 0.05 (Fleming et al.). */
const MAX_P = 0.001;
const WINDOW = 50;
const MIN_LENGTH = 2;

/**
 * E-divisive change points: each window is cut where the energy distance between both sides is largest, and its parts
 * are, as long as Student's test takes them for different (Matteson and James, "A nonparametric approach for multiple
 * change point analysis of multivariate data", JASA 109, 2014; with that test in place of permutations, windows and the
 * joining of weak changes: Fleming et al., "Hunter: Using change point detection to hunt for performance regressions",
 * ICPE 2023). A drift shows as a stair. Fewer than ten values have none.
 * @param values such as the log p50 of one run each, in order of time; finite
 */
export function eDivisive(values: readonly number[], options: DivisiveOptions): DivisiveChange[] {
  const { minChange, maxP = MAX_P, window = WINDOW, minLength = MIN_LENGTH } = options;
  if (values.length < LEAST_VALUES) return [];
  const weak = weakChanges(values, { window, minLength, maxP: Math.min(1, 10 * maxP) });
  return withoutWeak(values, weak, { maxP, minChange });
}

/** Changes of each window, by a generous p. */
function weakChanges(
  values: readonly number[],
  { window, minLength, maxP }: Required<Omit<DivisiveOptions, "minChange">>,
): number[] {
  const found = new Set<number>();
  for (let start = 0; start < values.length;) {
    const end = Math.min(start + window, values.length);
    const own = divided(values.slice(start, end), minLength, maxP).map((at) => start + at);
    for (const at of own) found.add(at);
    start = Math.max(own.at(-1) ?? 0, start + (window >> 1));
  }
  const ascending = [...found].sort((a, b) => a - b);
  // Windows overlap, and may place the same change a value apart: the latter stands, whose window saw more behind it.
  return ascending.filter((at, place) => (ascending[place + 1] ?? Infinity) - at >= minLength);
}

/**
 * The changes of one window: always the stretch is cut next in which the distance is largest. Its second part is tested
 * up to the end for which it is, too, and not only to that of the stretch, as Hunter does: of levels that went up and came
 * back 93 % are found so, and 56 % otherwise.
 */
function divided(values: readonly number[], minLength: number, maxP: number): number[] {
  const changes: number[] = [];
  while (true) {
    const bounds = [0, ...changes, values.length];
    let best: Cut | null = null;
    let [from, to] = [0, 0];
    bounds.slice(1).forEach((end, stretch) => {
      const start = bounds[stretch]!;
      const cut = farthestCut(values.slice(start, end), minLength);
      if (cut !== null && (best === null || cut.distance > best.distance)) {
        best = { ...cut, at: start + cut.at, end: start + cut.end };
        [from, to] = [start, end];
      }
    });
    if (best === null) return changes;
    const { at, end } = best as Cut;
    if (Math.min(changeAt(values, from, at, to).p, changeAt(values, from, at, end).p) > maxP) return changes;
    changes.push(at);
    changes.sort((a, b) => a - b);
  }
}

/** Where a stretch falls into two parts that differ most. */
export interface Cut {
  /** Index of the first value of the second part. */
  readonly at: number;
  /** Index after its last value. */
  readonly end: number;
  /** Q̂ of Matteson and James: m·n/(m + n) times the energy distance of both parts (α = 1). */
  readonly distance: number;
}

/**
 * The largest Q̂ over all places τ and all ends κ of the second part (equations 5 to 7 of Matteson and James): an end
 * before the last value keeps a later change from hiding this one. Null where there is no room for two parts. Takes n²
 * steps and memory for n.
 */
export function farthestCut(values: readonly number[], minLength: number): Cut | null {
  const n = values.length;
  // Of each value the distances to all before it; and to those before τ.
  const toAll = values.map((value, at) => sumOf(at, (i) => Math.abs(value - values[i]!)));
  const toFirst = new Float64Array(n);
  let best: Cut | null = null;
  let within = 0;
  for (let at = 1; at < n; at++) {
    for (let k = at; k < n; k++) toFirst[k]! += Math.abs(values[k]! - values[at - 1]!);
    within += toAll[at - 1]!;
    if (at < minLength) continue;
    let [between, second] = [0, 0];
    for (let k = at; k < n; k++) {
      between += toFirst[k]!;
      second += toAll[k]! - toFirst[k]!;
      const [m, l] = [at, k + 1 - at];
      if (l < minLength) continue;
      const first = m < 2 ? 0 : within * l / (m - 1);
      const last = l < 2 ? 0 : second * m / (l - 1);
      const distance = 2 / (m + l) * (between - first - last);
      if (best === null || distance > best.distance) best = { at, end: k + 1, distance };
    }
  }
  return best;
}

/** Leaves out the weakest change until each is sure enough, and then until each is large enough. */
function withoutWeak(
  values: readonly number[],
  weak: readonly number[],
  { maxP, minChange }: { readonly maxP: number; readonly minChange: number },
): DivisiveChange[] {
  const places = [...weak];
  while (true) {
    const bounds = [0, ...places, values.length];
    const changes = places.map((at, place) => changeAt(values, bounds[place]!, at, bounds[place + 2]!));
    if (changes.length === 0) return changes;
    const unsure = changes.reduce((a, b) => b.p > a.p ? b : a);
    const least = changes.reduce((a, b) => size(b) < size(a) ? b : a);
    const out = unsure.p > maxP ? unsure : size(least) < minChange ? least : null;
    if (out === null) return changes;
    places.splice(places.indexOf(out.at), 1);
  }
}

function size({ before, after }: DivisiveChange): number {
  return Math.abs(after - before);
}

/** Student's test, with the variance of both stretches taken together: one may have two values. */
function changeAt(values: readonly number[], from: number, at: number, to: number): DivisiveChange {
  const [first, second] = [values.slice(from, at), values.slice(at, to)];
  const [before, after] = [mean(first), mean(second)];
  const degrees = to - from - 2;
  const pooled = ((first.length - 1) * variance(first) + (second.length - 1) * variance(second)) / degrees;
  const error = Math.sqrt(pooled * (1 / first.length + 1 / second.length));
  const p = before === after
    ? 1
    : error === 0
    ? 0
    : 2 * studentTail(Math.abs(after - before) / error, degrees);
  return { at, p, before, after };
}

function sumOf(count: number, of: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += of(index);
  return sum;
}
