import { tiered } from "./tiered.ts";
import { aggregateTier } from "./tier.ts";

/** Direct SQL over totals that writes add to. */
export const aggregate = tiered(aggregateTier);
