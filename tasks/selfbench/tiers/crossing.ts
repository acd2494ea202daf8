import { mean } from "../../stats/moments.ts";

/** What a view gave back at an interval of its refreshes, by PostgreSQL's own count. */
export interface Balance {
  /** s. */
  readonly everySeconds: number;
  /** What reads saved, less what refreshes took, ms a second. */
  readonly netMs: number;
}

/**
 * The interval at which a view saves what it costs, s: by the straight line through all of them over refreshes a second, as
 * each takes as long however often it runs.
 * @returns null where fewer than two tell it, or none
 */
export function crossing(balances: readonly Balance[]): number | null {
  if (balances.length < 2) return null;
  const often = balances.map(({ everySeconds }) => 1 / everySeconds);
  const [meanOften, meanNet] = [mean(often), mean(balances.map(({ netMs }) => netMs))];
  const spread = often.reduce((sum, each) => sum + (each - meanOften) ** 2, 0);
  if (spread === 0) return null;
  const slope =
    balances.reduce((sum, { netMs }, at) => sum + (often[at]! - meanOften) * (netMs - meanNet), 0) /
    spread;
  const saved = meanNet - slope * meanOften;
  return saved > 0 && slope < 0 ? -slope / saved : null;
}

/** Intervals about one, from half of it to its double, s; those below a second cannot be set. */
export function intervalsAbout(seconds: number, count: number): number[] {
  const intervals = Array.from(
    { length: count },
    (_, at) => count === 1 ? seconds : seconds * 2 ** (2 * at / (count - 1) - 1),
  );
  return [...new Set(intervals.map((each) => Math.max(1, Math.round(100 * each) / 100)))];
}
