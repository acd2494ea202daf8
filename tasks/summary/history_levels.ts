import type { HistoryLevel } from "../model/history.ts";
import { mean } from "../stats/moments.ts";
import { bandWithin, type MadBand } from "../stats/run_band.ts";
import { studentBound } from "../stats/student.ts";
import { LEAST_DEGREES } from "./noise_floor.ts";

/** Changes of level below this are not told, as a logarithm: 3 %. */
export const MIN_CHANGE: number = Math.log(1.03);

/**
 * The levels of a history between its changes, each with the band in which a run of it lies that has nothing different.
 * @param known logarithms with the indices of their runs, in order of time
 * @param changes places in `known` at which a new level begins
 * @param few of so few runs that they have no changes: their median and what they stray by
 */
export function historyLevels(
  known: readonly { readonly log: number; readonly at: number }[],
  changes: readonly { readonly at: number; readonly before: number; readonly after: number }[],
  few: MadBand | null,
): HistoryLevel[] {
  if (known.length === 0) return [];
  const [first, last] = [known[0]!, known.at(-1)!];
  if (few !== null) {
    return [{
      from: first.at,
      to: last.at,
      value: Math.exp(few.centre),
      low: Math.exp(few.low),
      high: Math.exp(few.high),
    }];
  }
  const logs = known.map(({ log }) => log);
  const band = bandWithin(logs, changes.map(({ at }) => at));
  const reach = band === null || band.degrees < LEAST_DEGREES
    ? null
    : studentBound(0.95, band.degrees) * band.deviation;
  const bounds = [0, ...changes.map(({ at }) => at), known.length];
  return bounds.slice(1).map((end, place) => {
    const own = logs.slice(bounds[place]!, end);
    const level = mean(own);
    return {
      from: known[bounds[place]!]!.at,
      to: known[end - 1]!.at,
      value: Math.exp(level),
      low: reach === null ? null : Math.exp(level - reach),
      high: reach === null ? null : Math.exp(level + reach),
    };
  });
}
