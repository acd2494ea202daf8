import { type Condition } from "./disturbances.ts";

/** What `selfbench load` can measure. */
export const TOPICS = [
  "throughput",
  "accuracy",
  "recording",
  "observing",
  "freeze",
  "validity",
  "memory",
] as const;
export type Topic = typeof TOPICS[number];

/** How much of it. */
export interface LoadBenchPlan {
  readonly only: readonly Topic[];
  /** Rounds in which ours and its peers have their turns. */
  readonly rounds: number;
  /** Of a turn. */
  readonly seconds: number;
  /** pgbench's scale: 100,000 accounts each. */
  readonly scale: number;
  /** Requests against the server whose service times are known. */
  readonly drawn: number;
  /** Of the validity matrix: runs of each condition of the scenarios that are disturbed. */
  readonly runs: number;
  /** Runs of each other scenario. */
  readonly others: number;
  readonly conditions: readonly Condition[];
  /** Null: every one that comes with Benchbook. */
  readonly scenarios: readonly string[] | null;
  /** Requests of the long run. */
  readonly requests: number;
}
