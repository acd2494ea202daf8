/** A doubt about a number, printed as a footnote beside it. `code` is stable, `text` is for people. */
export interface Warning {
  /** Lower-case words joined by hyphens, e.g. `generator-limited`. */
  readonly code: string;
  /** A whole sentence. */
  readonly text: string;
}

/** A measured value with a confidence interval; `low` and `high` are null where it is not estimable. */
export interface Estimate {
  /** In the unit of what is estimated; null where it cannot be told, with a warning that says why. */
  readonly value: number | null;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
  /** Confidence level of the interval, e.g. 0.95. */
  readonly level: number;
  /** Doubts about this number. */
  readonly warnings: readonly Warning[];
}
