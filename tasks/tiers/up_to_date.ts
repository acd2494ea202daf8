import { sessionName } from "../model/session_name.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { isKept, type PlacedTier } from "./placed_tier.ts";
import { tierSql } from "./tier_sql.ts";

/**
 * Brings tiers up to date with all that was written, outside of any load.
 * @throws {ServiceError} where the server fails, or others hold locks that are needed
 * @throws {InterruptedError} after the signal
 */
export async function bringUpToDate(
  tiers: readonly PlacedTier[],
  { runId, signal }: { readonly runId: string; readonly signal: AbortSignal },
): Promise<void> {
  for (const { tier, url, upkeep } of tiers.filter(isKept)) {
    await withClient(url, (client) => client.query(tierSql(`${tier.name}/${upkeep.kind}.sql`)), {
      ...UNLIMITED,
      name: sessionName(runId, "tier"),
      signal,
    });
  }
}
