import { eDivisive, LEAST_VALUES } from "../stats/e_divisive.ts";
import { bandWithin, type RunBand } from "../stats/run_band.ts";
import { studentBound } from "../stats/student.ts";

/** Fewer degrees of freedom, as of five runs of one version, do not tell how much runs differ. */
export const LEAST_DEGREES = 4;
/** Changes of level below this are taken for noise, as a logarithm. */
const MIN_CHANGE = Math.log(1.03);

/** One run's level of something, with what it was a run of. */
export interface SubjectLevel {
  /** A logarithm. */
  readonly log: number;
  /** Equal where nothing differed between two runs that can make a difference. */
  readonly subject: string;
}

/** How much runs differ that have nothing different. */
export interface NoiseBand extends RunBand {
  /** `repeats`: known from runs of the same subject; `history`: from runs of several, between changes of level. */
  readonly from: "repeats" | "history";
  /** Runs that it rests on. */
  readonly runs: number;
}

/**
 * The run-to-run noise of a level on one fingerprint: of runs of the same subject what they stray from their mean; else
 * of ten runs or more what they stray from the mean between changes of level. Null: it is not known.
 * @param levels in order of time
 */
export function noiseBand(levels: readonly SubjectLevel[]): NoiseBand | null {
  const logs = levels.map(({ log }) => log);
  const subjects = levels.flatMap(({ subject }, at) =>
    at > 0 && subject !== levels[at - 1]!.subject ? [at] : []
  );
  const repeats = bandWithin(logs, subjects);
  if (repeats !== null && repeats.degrees >= LEAST_DEGREES) {
    return { ...repeats, from: "repeats", runs: levels.length };
  }
  if (logs.length < LEAST_VALUES) return null;
  const history = bandWithin(logs, eDivisive(logs, { minChange: MIN_CHANGE }).map(({ at }) => at));
  if (history === null || history.degrees < LEAST_DEGREES) return null;
  return { ...history, from: "history", runs: levels.length };
}

/**
 * The noise floor as a ratio above 1: with nothing changed, the means of so many runs of each side differ by less in 95
 * of 100 comparisons.
 */
export function noiseFloor({ deviation, degrees }: RunBand, base = 1, candidate = 1): number {
  return Math.exp(studentBound(0.95, degrees) * deviation * Math.sqrt(1 / base + 1 / candidate));
}
