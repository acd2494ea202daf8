/**
 * How a run goes while it goes: for the eye only. Quantiles come from histograms (within 1 %); what is judged
 * is computed from the stored rows afterwards.
 */
export interface LiveFigures {
  /** Requests that fell due, a second, over the last second. */
  readonly offeredPerSecond: number;
  /** Requests answered well, a second, over the last second. */
  readonly achievedPerSecond: number;
  /**
   * Response times of what ended in the last five seconds, milliseconds: a timeout counts as long as it lasted,
   * what was shed or never sent as Infinity, failed ones not at all. Null where too few ended to tell it.
   */
  readonly p50Ms: number | null;
  /** As `p50Ms`. */
  readonly p95Ms: number | null;
  /** As `p50Ms`. */
  readonly p99Ms: number | null;
  /** Hits among all that could be cached in the last five seconds, 0 to 1; null without any. */
  readonly hitRate: number | null;
  /** Generator lag (woke − due) of the last five seconds, milliseconds; null where too few fell due to tell it. */
  readonly lagP99Ms: number | null;
}
