/** What `selfbench load` can measure. */
export const TOPICS = ["throughput", "accuracy", "recording", "freeze", "validity", "memory"] as const;
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
  /** Runs that nothing disturbs. */
  readonly healthy: number;
  /** Requests of the long run. */
  readonly requests: number;
}
