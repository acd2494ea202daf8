/** How long something is expected to take. */
export interface Span {
  /** The likeliest, ms. */
  readonly ms: number;
  /** It hardly takes less, ms. */
  readonly lowMs: number;
  /** It hardly takes more, ms. */
  readonly highMs: number;
}

/** What is expected of a statement that was not run. */
export interface StatementPrediction {
  /** The strongest lock on a relation that was there before, in PostgreSQL's word; null: it takes none. */
  readonly lock: string | null;
  /** Of which relation; null likewise. */
  readonly relation: string | null;
  /** Relations that it writes anew, `schema.name`. */
  readonly rewrites: readonly string[];
  /** How long it takes once it has its locks; null: that cannot be told. */
  readonly took: Span | null;
  /** Why so long, a sentence's part: `writes northwind.orders anew, 36.4 MiB and 9 indexes: 3.9 µs a row, measured`. */
  readonly why: string;
}

/** One of a migration's. */
export interface PlannedPrediction extends StatementPrediction {
  /** The file's number, from 1. */
  readonly step: number;
  /** Its number within the file, from 1. */
  readonly statement: number;
}

/** What is expected of a migration before it is made. */
export interface MigrationPrediction {
  /** In their order. */
  readonly statements: readonly PlannedPrediction[];
  /** The longest time in which no request of a path and kind is answered; null: that cannot be told. */
  readonly stall: Span | null;
  /** Why so long, as a sentence. */
  readonly why: string;
  /** Where the rates come from, as a sentence. */
  readonly rates: string;
}

/** Whether what was measured is what was expected; null: there is nothing to compare. */
export type PredictionOutcome = "confirmed" | "mismatch" | null;

/** An expectation beside what came of it. */
export interface CheckedStatement extends PlannedPrediction {
  /** How long it took once it had its locks, ms; null: it did not end. */
  readonly tookMs: number | null;
  /** The strongest lock that was seen; null: none was. */
  readonly lockSeen: string | null;
  /** What it wrote anew. */
  readonly rewritten: readonly string[];
  /** Of all of it together. */
  readonly outcome: PredictionOutcome;
  /** What was otherwise, sentences' parts. */
  readonly differs: readonly string[];
}

/** What was expected of a migration beside what came of it. */
export interface CheckedPrediction {
  /** Those that ran. */
  readonly statements: readonly CheckedStatement[];
  /** As in `MigrationPrediction`. */
  readonly stall: Span | null;
  /** What was measured, ms. */
  readonly stallMs: number;
  /** Of the stall. */
  readonly outcome: PredictionOutcome;
  /** As in `MigrationPrediction`. */
  readonly why: string;
  /** As in `MigrationPrediction`. */
  readonly rates: string;
}
