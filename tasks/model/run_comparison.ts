import type { FingerprintDifference } from "./fingerprint.ts";
import type { Estimate, Warning } from "./estimate.ts";

/** What a candidate can be against its base; exit code 1 is that of `regressed` alone. */
export const COMPARED_VERDICTS = ["improved", "regressed", "equivalent", "inconclusive"] as const;
/** One of `COMPARED_VERDICTS`. */
export type ComparedVerdict = typeof COMPARED_VERDICTS[number];

/** One side of a comparison: a run, or all runs of its series. */
export interface ComparedSide {
  /** Of a single run its id, of a series that of its first run. */
  readonly id: string;
  /** The user's name for it. */
  readonly label: string | null;
  /** The runs that count, in order of time. */
  readonly runs: readonly {
    /** Its id. */
    readonly runId: string;
    /** When it began. */
    readonly startedAt: Date;
  }[];
  /** Runs of the series that do not count, each with why not, in sentences. */
  readonly leftOut: readonly string[];
  /** Commit of the working directory, with `+` where files differed from it. */
  readonly gitCommit: string | null;
  /** Hash of the fingerprint, 16 hex digits. */
  readonly fingerprint: string;
}

/** Something that is not the same on both sides and may be: what a comparison asks about. */
export interface ChangedFact {
  /** What it is, e.g. `PostgreSQL work_mem`. */
  readonly what: string;
  /** In the base; null: it is not there. */
  readonly base: string | null;
  /** In the candidate; null: it is not there. */
  readonly candidate: string | null;
}

/** A statement or plan that is another one in the candidate. */
export interface ChangedText {
  /** The arm that asks by it. */
  readonly arm: string;
  /** The operation. */
  readonly operation: string;
  /** What changed: of a statement its lines with `- ` and `+ `, of a plan the most telling change first. */
  readonly changes: readonly string[];
}

/** What is only on one side, and so was not compared. */
export interface OnlyThere {
  /** Names of arms. */
  readonly arms: readonly string[];
  /** Names of operations. */
  readonly operations: readonly string[];
}

/** Candidate against base in one respect; a ratio below 1 means that the candidate is faster. */
export interface ComparedRow {
  /** The arm of this name on both sides; null: all arms together. */
  readonly arm: string | null;
  /** The operation; null: all together, weighted by the mix. */
  readonly operation: string | null;
  /** Which quantile of response times. */
  readonly statistic: "p50" | "p95";
  /** That quantile over each side's requests, milliseconds, the mean over its runs; null: not to be told, or of several. */
  readonly baseMs: number | null;
  /** The same of the candidate. */
  readonly candidateMs: number | null;
  /** Candidate ÷ base of typical response times; null where one of them has none. */
  readonly ratio: number | null;
  /** Lower end of its interval. */
  readonly low: number | null;
  /** Upper end of its interval. */
  readonly high: number | null;
  /** Confidence level of the interval, e.g. 0.95. */
  readonly level: number;
  /**
   * The noise floor as a ratio above 1: with nothing changed, so many runs differ from so many others by less, in 95 of
   * 100 comparisons. Null: it is not known.
   */
  readonly floor: number | null;
  /** Two-sided p, adjusted so that 0.05 is the limit; null where nothing can be judged. */
  readonly p: number | null;
  /** What the candidate is; `equivalent`: within ±5 %. */
  readonly verdict: ComparedVerdict;
  /** Doubts about it. */
  readonly warnings: readonly Warning[];
}

/** Requests of an arm that were not answered, on both sides. */
export interface ComparedErrors {
  /** The arm. */
  readonly arm: string;
  /** Share of requests that failed, timed out, were shed or never sent, 0 to 1. */
  readonly base: Estimate;
  /** The same of the candidate. */
  readonly candidate: Estimate;
  /** Of these the share that was shed or never sent, 0 to 1. */
  readonly unserved: { readonly base: number; readonly candidate: number };
  /** Whether the candidate has more of them beyond chance, and by at least one in a thousand requests. */
  readonly more: boolean;
}

/** From what it is known how much runs differ that have nothing different: the noise floor's source. */
export interface NoiseSource {
  /** `repeats`: runs of the same version; `history`: runs of several versions, between changes of level. Null: unknown. */
  readonly from: "repeats" | "history" | null;
  /** Runs that it rests on. */
  readonly runs: number;
  /** The noise floor of two single runs over all operations and arms, as a ratio above 1. */
  readonly twoRuns: number | null;
}

/** What a single run can be held against. */
export interface RunNoise {
  /**
   * How much parts of the run stray from each other, over all operations and arms: the standard deviation of their
   * logarithms, so 0.03 is about 3 %. Null: there are too few requests, or too many to look at all.
   */
  readonly within: number | null;
  /** How much runs differ that have nothing different, on this machine, data set and load. */
  readonly runs: NoiseSource;
}

/** By how much the distributions of an operation's response times differ, at deciles and p95. */
export interface Shifted {
  /** The arm. */
  readonly arm: string;
  /** The operation. */
  readonly operation: string;
  /** From the fastest to the slowest. */
  readonly levels: readonly {
    /** Which quantile, 0 to 1. */
    readonly level: number;
    /** In the base, milliseconds. */
    readonly baseMs: number;
    /** In the candidate, milliseconds. */
    readonly candidateMs: number;
    /** Candidate ÷ base. */
    readonly ratio: number;
    /** Lower end of its interval; all of an operation hold together. */
    readonly low: number;
    /** Upper end of its interval. */
    readonly high: number;
  }[];
}

/** What a comparison of two runs, or series of runs, shows. */
export interface RunComparison {
  /** Counts up when a reader of the older shape would misread it. */
  readonly schema: 1;
  /** Names the folder of its page. */
  readonly id: string;
  /** What is compared with. */
  readonly base: ComparedSide;
  /** What is compared. */
  readonly candidate: ComparedSide;
  /** The scenario's name. */
  readonly scenario: string;
  /** Null: the two are not comparable, and nothing was compared. */
  readonly verdict: ComparedVerdict | null;
  /** Whole sentences, the most important first. */
  readonly reasons: readonly string[];
  /** In what the fingerprints differ; where that was overridden, what the verdict must be read with. */
  readonly differences: readonly FingerprintDifference[];
  /** Versions, settings, commit and what else may differ. */
  readonly changes: readonly ChangedFact[];
  /** Statements that differ. */
  readonly statements: readonly ChangedText[];
  /** Plans that differ. */
  readonly plans: readonly ChangedText[];
  /** What is only in the base, and only in the candidate. */
  readonly only: { readonly base: OnlyThere; readonly candidate: OnlyThere };
  /** All together first, then each arm, then its operations. */
  readonly rows: readonly ComparedRow[];
  /** An arm each. */
  readonly errors: readonly ComparedErrors[];
  /** Where response times differ most, and by how much at each decile; a few operations at most. */
  readonly shifts: readonly Shifted[];
  /** How well the noise floor is known. */
  readonly noise: NoiseSource;
  /** Doubts about the whole. */
  readonly warnings: readonly Warning[];
  /** Where its page is; null where none was made. Absolute paths, or relative to the page's folder beside it. */
  readonly files: {
    readonly html: string | null;
    readonly pdf: string | null;
    readonly markdown: string | null;
  };
}
