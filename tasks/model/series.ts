/** A run's place among repetitions of one request. */
export interface RunSeries {
  /** The id of the first of them. */
  readonly id: string;
  /** Which of them it is, from 0. */
  readonly index: number;
  /** How many were asked for. */
  readonly of: number;
}
