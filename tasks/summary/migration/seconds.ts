import { quantile } from "../../stats/quantile.ts";
import { secondsOf } from "./parts.ts";
import { ascending } from "./quantiles.ts";
import type { Responses } from "./responses.ts";

/** A second of a part, or what is left of it at the end. */
export interface Second {
  /** Of a second; 1 but for the last. */
  readonly seconds: number;
  /** Requests with a response time. */
  readonly responses: number;
  /** Response time, ms; Infinity among those never served, null without a response. */
  readonly p95: number | null;
}

/** The p95 of each second of a part. */
export function secondsOfPart({ part, unitsPerSecond, units }: Responses): Second[] {
  const length = secondsOf(part);
  return Array.from({ length: Math.ceil(length) }, (_, second): Second => {
    const sorted = ascending(units.slice(second * unitsPerSecond, (second + 1) * unitsPerSecond));
    return { seconds: Math.min(1, length - second), responses: sorted.length, p95: quantile(sorted, 0.95) };
  });
}

/**
 * ∫ max(0, p95 − limit) dt over the seconds, ms·s. What was never served counts with the time after which requests are
 * given up; what was not asked, not at all.
 */
export function areaAbove(seconds: readonly Second[], limitMs: number, mostMs: number): number {
  return seconds.reduce(
    (sum, { seconds, p95 }) => sum + seconds * Math.max(0, Math.min(p95 ?? 0, mostMs) - limitMs),
    0,
  );
}

/**
 * The degradation area: that of the seconds from the migration on, less what so long a time of the baseline has by its own
 * ups and downs. Not below 0: a database that was faster meanwhile was not degraded.
 * @param limitMs the baseline's p95
 */
export function degradation(
  baseline: readonly Second[],
  after: readonly Second[],
  limitMs: number | null,
  mostMs: number,
): number {
  if (limitMs === null) return 0;
  const length = (seconds: readonly Second[]) => seconds.reduce((sum, each) => sum + each.seconds, 0);
  const own = areaAbove(baseline, limitMs, mostMs) / Math.max(1e-9, length(baseline)) * length(after);
  return Math.max(0, areaAbove(after, limitMs, mostMs) - own);
}
