import { counter } from "../random/counter.ts";
import { mean, variance } from "./moments.ts";
import { normalCdf } from "./normal.ts";
import { quantile } from "./quantile.ts";
import { studentBound } from "./student.ts";
import { type StudentEstimate, studentInterval } from "./student_estimate.ts";

/** Repeated runs of one side: of each run the logarithms of its blocks' quantiles, in order of time; no run is empty. */
export type Runs = readonly (readonly number[])[];

/** Fewer runs of a side do not tell how much runs differ from each other. */
export const LEAST_RUNS = 5;

/** The ratio of two sides' typical response times, as a logarithm, with how far off it may be. */
export interface SeriesRatio extends StudentEstimate {
  /** Of the hierarchical bootstrap, on the log scale; null where a side has fewer than `LEAST_RUNS` runs. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

const RESAMPLES = 2000;
/** More blocks of a run are joined with their neighbours into as many stretches: what hangs together stays together. */
const STRETCHES = 24;

/**
 * The log ratio of two series of repeated runs: the difference of the means over runs of the means over blocks. Error
 * and degrees of freedom are those of the runs' means (Kalibera and Jones, "Rigorous benchmarking in reasonable time",
 * ISMM 2013, section 6; Welch, Biometrika 34, 1947), since runs, and not their blocks, are what was repeated. The
 * interval is that of the hierarchical bootstrap: runs are drawn with replacement, and of each its blocks.
 *
 * The plain percentiles of so few runs hold too little: of five against five a 95 % interval covers some 88 %. So runs
 * are spread by √(n / (n − 1)), and percentiles taken further out, by as much as Student's bound is beyond the normal one
 * (Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69, 2015, section 5.3).
 * @param seed of what is drawn: the same result for the same seed
 * @returns null where a side has fewer than two runs
 */
export function hierarchicalBootstrap(
  baseline: Runs,
  candidate: Runs,
  { level = 0.95, seed, resamples = RESAMPLES }: {
    readonly level?: number;
    readonly seed: number;
    readonly resamples?: number;
  },
): SeriesRatio | null {
  if (Math.min(baseline.length, candidate.length) < 2) return null;
  const of = welch(baseline.map(mean), candidate.map(mean));
  if (Math.min(baseline.length, candidate.length) < LEAST_RUNS) return { ...of, interval: null };
  if (of.error === 0) return { ...of, interval: studentInterval(of, level) };
  const tail = normalCdf(-studentBound(level, of.degrees));
  // Percentiles need some resamples beyond them; where there are not, Student's interval stands.
  if (tail * resamples < 2) return { ...of, interval: studentInterval(of, level) };
  const random = counter(seed, "hierarchical-bootstrap");
  const [below, above] = [spreadRuns(baseline), spreadRuns(candidate)];
  const draws = Float64Array.from(
    { length: resamples },
    (_, at) => {
      const draw = drawer(random, at);
      return drawnMean(above, draw) - drawnMean(below, draw);
    },
  ).sort();
  const interval = { low: quantile(draws, tail)!, high: quantile(draws, 1 - tail)! };
  return { ...of, interval };
}

/** The difference of the means of two samples, the second less the first, with Welch's degrees of freedom. */
export function welch(first: readonly number[], second: readonly number[]): StudentEstimate {
  const estimate = mean(second) - mean(first);
  const [a, b] = [variance(first) / first.length, variance(second) / second.length];
  const error = Math.sqrt(a + b);
  const least = Math.min(first.length, second.length) - 1;
  const degrees = error === 0
    ? Math.max(1, least)
    : (a + b) ** 2 / (a * a / Math.max(1, first.length - 1) + b * b / Math.max(1, second.length - 1));
  return { estimate, error, degrees };
}

/** Runs moved away from their mean, as the variance of a sample falls short by (n − 1) / n. */
function spreadRuns(runs: Runs): Float64Array[] {
  const means = runs.map(mean);
  const centre = mean(means);
  const factor = Math.sqrt(runs.length / (runs.length - 1));
  return runs.map((blocks, run) => {
    const moved = (means[run]! - centre) * (factor - 1);
    return stretchesOf(blocks).map((block) => block + moved);
  });
}

function stretchesOf(blocks: readonly number[]): Float64Array {
  if (blocks.length <= STRETCHES) return Float64Array.from(blocks);
  return Float64Array.from({ length: STRETCHES }, (_, at) => {
    const [from, to] = [at, at + 1].map((edge) => Math.round(edge * blocks.length / STRETCHES));
    return mean(blocks.slice(from, to));
  });
}

function drawnMean(runs: readonly Float64Array[], draw: (below: number) => number): number {
  let sum = 0;
  for (let run = 0; run < runs.length; run++) {
    const blocks = runs[draw(runs.length)]!;
    let own = 0;
    for (let block = 0; block < blocks.length; block++) own += blocks[draw(blocks.length)]!;
    sum += own / blocks.length;
  }
  return sum / runs.length;
}

function drawer(random: ReturnType<typeof counter>, index: number): (below: number) => number {
  let lane = 0;
  return (below) => random.integer(index, lane++, below);
}
