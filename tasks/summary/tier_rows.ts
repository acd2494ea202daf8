import type { TierRefresh } from "../model/tier_settings.ts";
import type { StalenessSummary } from "../model/tier_summary.ts";

/** One row of summary/tier_work.sql. */
export interface Work {
  readonly tier: string;
  readonly operation: string | null;
  readonly calls: number | null;
  readonly ms: number | null;
  readonly bytes: number | null;
}

/** One row of summary/tier_blocks.sql. */
export interface Block {
  readonly arm: string;
  readonly round: number;
  readonly read: boolean;
  readonly n: number;
  readonly ms: number;
}

/** One row of summary/tier_staleness.sql. */
export type Staleness = Omit<StalenessSummary, "promisedMs"> & { readonly arm: string };

/** The rows that tell of a run's tiers. */
export interface TierRows {
  readonly refreshes: readonly TierRefresh[];
  readonly staleness: readonly Staleness[];
  readonly work: readonly Work[];
  readonly blocks: readonly Block[];
  readonly disturbed: readonly {
    readonly tier: string;
    readonly during: number;
    readonly betweenTwo: number;
  }[];
  /** By pairs of turns: what reads, and writes, took in proportion while upkeep was on, and before while it was off. */
  readonly turns?: readonly { readonly write: boolean; readonly on: number; readonly off: number }[];
}
