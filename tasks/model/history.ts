import type { FingerprintDifference } from "./fingerprint.ts";
import type { Run } from "./run.ts";

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
  /** What it was judged to be by its own targets; null: it had none. */
  readonly verdict: Run["verdict"];
  /** Which repetition it is, e.g. `2 of 5`; null: it was made alone. */
  readonly repetition: string | null;
}

/** A run that does not count. */
export interface LeftOutRun extends HistoryRun {
  /** Why not, as a clause: `it was interrupted`. */
  readonly why: string;
}

/** Neighbouring runs between two changes of level. */
export interface HistoryLevel {
  /** Index of its first run. */
  readonly from: number;
  /** Index of its last run. */
  readonly to: number;
  /** Their mean, of logarithms where values are times or rates; of fewer than ten runs the median. */
  readonly value: number;
  /**
   * Within these 95 of 100 runs lie that have nothing different; of fewer than ten runs median ± 4 MAD. Null: there are
   * too few to tell.
   */
  readonly low: number | null;
  /** Its upper end. */
  readonly high: number | null;
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
  /** The stretches between changes, milliseconds; empty where no run has a value. */
  readonly levels: readonly HistoryLevel[];
}

/** How many answers an arm gave from run to run, and which share of its requests had none. */
export interface HistoryRate {
  /** The arm. */
  readonly arm: string;
  /** The operation; null: all together. */
  readonly operation: string | null;
  /** `throughput`: answers a second; `errors`: the share of requests without an answer, 0 to 1. */
  readonly statistic: "throughput" | "errors";
  /** Of each run; null where it asked none. */
  readonly values: readonly (number | null)[];
  /** Changes of level, in order of time; none of fewer than ten runs. */
  readonly changes: readonly {
    /** Index of the first run at the new level. */
    readonly at: number;
    /** Two-sided p of the level after against the level before. */
    readonly p: number;
    /** The level before. */
    readonly before: number;
    /** The level after. */
    readonly after: number;
  }[];
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
  /** Of each arm, all operations first. */
  readonly rates: readonly HistoryRate[];
}

/** The history of a scenario on one machine: that of the newest run, or where it has no other, of the newest two of one. */
export interface RunHistory {
  /** Version of this form. */
  readonly schema: 1;
  /** Its name. */
  readonly scenario: string;
  /** What the machine is, by the names of its facts. */
  readonly machine: Readonly<Record<string, string>>;
  /** The one with the newest run first. */
  readonly stretches: readonly HistoryStretch[];
  /** Runs of the scenario with other services or on another machine, which are not shown. */
  readonly elsewhere: number;
  /** Names of facts of machine and services in which these differ. */
  readonly elsewhereDiffers: readonly string[];
  /** Runs that do not count, such as INVALID ones. */
  readonly leftOut: number;
  /** The newest of these, newest first. */
  readonly leftOutRuns: readonly LeftOutRun[];
}
