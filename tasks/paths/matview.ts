import { tiered } from "./tiered.ts";
import { matviewTier } from "./tier.ts";

/** Direct SQL over a materialised view. */
export const matview = tiered(matviewTier);
