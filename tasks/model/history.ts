import type { FingerprintDifference } from "./fingerprint.ts";

/** One run of a history. */
export interface HistoryRun {
  /** Its id. */
  readonly runId: string;
  /** When it began. */
  readonly startedAt: Date;
  /** The user's name for it. */
  readonly label: string | null;
  /** Commit of the working directory, with `+` where files differed from it. */
  readonly gitCommit: string | null;
}

/** Where response times took another level. */
export interface HistoryChange {
  /** Index of the first run at the new level. */
  readonly at: number;
  /** After ÷ before; above 1: slower. */
  readonly ratio: number;
  /** Two-sided p of the level after against the level before. */
  readonly p: number;
  /** The level before, milliseconds. */
  readonly beforeMs: number;
  /** The level after, milliseconds. */
  readonly afterMs: number;
}

/** How one quantile of one operation went from run to run. */
export interface HistoryTrend {
  /** The arm; null: all arms together. */
  readonly arm: string | null;
  /** The operation; null: all together, weighted by the mix. */
  readonly operation: string | null;
  /** Which quantile of response times. */
  readonly statistic: "p50" | "p95";
  /** A typical response time of each run, milliseconds; null where a run has none. */
  readonly ms: readonly (number | null)[];
  /** Changes of level, in order of time; none of fewer than ten runs. */
  readonly changes: readonly HistoryChange[];
  /** Of fewer than ten runs: indices of those outside median ± 4 MAD, which is of low confidence. */
  readonly outside: readonly number[];
}

/** Runs of one machine, data set and load: they may be compared, and no line goes from them to others. */
export interface HistoryStretch {
  /** Hash of the fingerprint, 16 hex digits. */
  readonly fingerprint: string;
  /** In order of time. */
  readonly runs: readonly HistoryRun[];
  /** In what they differ from those of the newest stretch; empty: they are these. */
  readonly differences: readonly FingerprintDifference[];
  /** All operations first. */
  readonly trends: readonly HistoryTrend[];
}

/** The history of a scenario on one machine. */
export interface RunHistory {
  /** Version of this form. */
  readonly schema: 1;
  /** Its name. */
  readonly scenario: string;
  /** What the machine is, by the names of its facts. */
  readonly machine: Readonly<Record<string, string>>;
  /** The one with the newest run first. */
  readonly stretches: readonly HistoryStretch[];
  /** Runs of the scenario on other machines, which are not shown. */
  readonly elsewhere: number;
  /** Runs that do not count, such as INVALID ones. */
  readonly leftOut: number;
}

/** A run's typical response time to one operation over one arm. */
export interface HistoryPoint {
  /** The arm's name. */
  readonly arm: string;
  /** When the run began. */
  readonly at: Date;
  /** Its id. */
  readonly run: string;
  /** The stretch of comparable runs that it belongs to: no line goes from one to another. */
  readonly stretch: string;
  /** Milliseconds. */
  readonly ms: number;
  /** Where a new level begins with this run: after ÷ before; else null. */
  readonly change: number | null;
}
