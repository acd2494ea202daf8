import type { TierRefresh, TierUpkeep } from "./tier_settings.ts";

/** A break-even point with its 95 % interval; null: infinite. */
export interface BreakEven {
  /** The best guess. */
  readonly value: number | null;
  /** The lower end. */
  readonly low: number | null;
  /** The upper end. */
  readonly high: number | null;
}

/** What upkeep did to requests: a ratio of their mean times with a 95 % interval. */
export interface UpkeepEffect {
  /** What is estimated. */
  readonly ratio: number;
  /** The lower end of its interval; null: too few pairs for one. */
  readonly low: number | null;
  /** The upper end. */
  readonly high: number | null;
  /** So many pairs of times. */
  readonly pairs: number;
  /** By that interval. */
  readonly verdict: "slower" | "faster" | "inconclusive" | "too few pairs";
}

/** What keeps a tier up beside the load, and how that went. */
export interface TierUpkeepSummary extends TierUpkeep {
  /** How often it came to each outcome. */
  readonly outcomes: Readonly<Partial<Record<TierRefresh["outcome"], number>>>;
  /** The median time of those that were done, ms; null: none was. */
  readonly medianMs: number | null;
  /** The longest of these, ms. */
  readonly longestMs: number | null;
  /** What the server said of those that were not, each sentence once. */
  readonly errors: readonly string[];
  /**
   * Reads of all arms while it was at work, divided by those between two times: the ratio of their mean times with a 95 %
   * interval, and of how many pairs; no verdict under eight. Null: too few reads.
   */
  readonly disturbance: UpkeepEffect | null;
  /**
   * The same of times in which what keeps tiers up was on, divided by those before in which it was off; absent where it was on
   * all the time.
   */
  readonly inTurn?: {
    /** Of how many seconds each of them was. */
    readonly seconds: number;
    /** Null: too few. */
    readonly reads: UpkeepEffect | null;
    /** Null: too few, or none. */
    readonly writes: UpkeepEffect | null;
  };
}

/** How old what an arm's reads answered was: when they were sent, and of what a cache answered, when it did. */
export interface StalenessSummary {
  /** Reads. */
  readonly n: number;
  /** Their median age, ms. */
  readonly p50Ms: number;
  /** The 95th percentile, ms. */
  readonly p95Ms: number;
  /** The longest, ms. */
  readonly longestMs: number;
  /**
   * The interval and the longest time of what keeps it up with how late one began, and with a cache how long its entries are
   * answered and the time limit of a request, ms.
   */
  readonly promisedMs: number;
  /** Reads that found more than that: one of them fails the run. */
  readonly beyond: number;
}

/** An arm over a tier. */
export interface TierArmSummary {
  /** Its name. */
  readonly arm: string;
  /** Null: what writers keep is never old without a cache, and neither is what nobody asked. */
  readonly staleness: StalenessSummary | null;
  /** Of its lookups, 0 to 1; null where no cache stands before it. */
  readonly hitRate: number | null;
  /** What a read of the run's mix took in PostgreSQL, ms; a hit takes nothing. Null: not known. */
  readonly databaseMs: number | null;
  /** What it takes there over the tables, ms. */
  readonly tablesMs: number | null;
}

/** What a tier gives back, and what it costs. */
export interface TierSummary {
  /** Its name. */
  readonly tier: string;
  /** What is asked, `schema.name`. */
  readonly relation: string;
  /** On disk with its indexes, bytes; null: not known. */
  readonly bytes: number | null;
  /** Null: its writers keep it. */
  readonly upkeep: TierUpkeepSummary | null;
  /** Those over it. */
  readonly arms: readonly TierArmSummary[];
  /** By how much longer a write takes in PostgreSQL than over the tables, ms, by its operation. */
  readonly writes: readonly { readonly operation: string; readonly ms: number; readonly tablesMs: number }[];
  /** Reads a second of the run that would ask it, if all did. */
  readonly readsPerSecond: number;
  /**
   * Of what something keeps up: the interval, s, below which that takes the database more than the tier saves it; of what
   * writers keep: the writes a second above which. Null: too little was measured.
   */
  readonly breakEven: BreakEven & { readonly unit: "seconds" | "writes per second" } | null;
  /** What follows, with its evidence, a sentence each. */
  readonly advice: readonly string[];
}
