/** A line of the list of runs, as far as its page alone tells; links are relative, so that pages work from any sub-path. */
export interface PageRow {
  readonly kind: "run" | "search" | "comparison";
  readonly href: string;
  readonly runId: string;
  readonly label: string | null;
  readonly scenario: string;
  /** Data set and scale; empty where that is not known. */
  readonly data: string;
  /** ISO 8601. */
  readonly startedAt: string;
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
  /** Whether its numbers do not count, as the run is INVALID. */
  readonly struck: boolean;
  readonly sample: boolean;
}

/** A line of the list of runs. */
export interface SiteRow extends PageRow {
  /** p95 of the first arm over the runs of this kind up to this one; empty for the first. */
  readonly trend: string;
  readonly trendText: string;
}

/** What the list needs of a page. It is kept as JSON, see `kept_pages.ts`. */
export interface ListedPage {
  /** Of the reports folder. */
  readonly directory: string;
  readonly row: PageRow;
  /** A run's p95, and what says with which others it makes a line; null: it is no part of any. */
  readonly step: { readonly of: string; readonly ms: number } | null;
  /** A comparison's series, each with its ids. */
  readonly sides: readonly (readonly string[])[];
}
