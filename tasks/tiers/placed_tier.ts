import type { TierUpkeep } from "../model/tier_settings.ts";
import type { Tier } from "../paths/tier.ts";

/** A tier where it lies. */
export interface PlacedTier {
  readonly tier: Tier;
  /** The arms that ask it. */
  readonly arms: readonly string[];
  /** Of its database; may hold a password. */
  readonly url: string;
  /** What keeps it up beside the load; null: its writers do. */
  readonly upkeep: TierUpkeep | null;
}

/** A tier that something keeps up. */
export type KeptTier = PlacedTier & { readonly upkeep: TierUpkeep };

export function isKept(placed: PlacedTier): placed is KeptTier {
  return placed.upkeep !== null;
}
