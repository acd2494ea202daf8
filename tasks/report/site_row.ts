/** A line of the list of runs; links are relative, so that the pages work from any sub-path. */
export interface SiteRow {
  readonly kind: "run" | "search" | "comparison";
  readonly href: string;
  readonly runId: string;
  readonly label: string | null;
  readonly scenario: string;
  readonly startedAt: Date;
  readonly date: string;
  readonly commit: string;
  readonly verdict: string;
  readonly tone: "good" | "bad" | "unsure" | "neutral";
  /** Why, in whole sentences; as they were written, of any length. */
  readonly reasons: readonly string[];
  /** What stands under the verdict; empty: nothing. */
  readonly remark: string;
  readonly requests: string;
  readonly p95: string;
  readonly sample: boolean;
  /** p95 of the first arm over the runs of this kind up to this one; empty for the first. */
  readonly trend: string;
  readonly trendText: string;
}
