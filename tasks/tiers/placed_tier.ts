import type { Tier } from "../paths/tier.ts";

/** A tier where it lies. */
export interface PlacedTier {
  readonly tier: Tier;
  /** The arms that ask it. */
  readonly arms: readonly string[];
  /** Of its database; may hold a password. */
  readonly url: string;
}
