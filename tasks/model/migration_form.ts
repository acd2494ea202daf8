import type { MigrationConfig } from "./migration.ts";
import { formatMs } from "./units.ts";

/**
 * Which form of a migration a run made: its variant, and of a sweep over timeouts which one it had.
 * @returns `safe`, `safe 50 ms`
 */
export function formOf(
  { variant, sweepMs, lockTimeoutMs }: Pick<MigrationConfig, "variant" | "sweepMs" | "lockTimeoutMs">,
): string {
  // A naive change waits for as long as it takes.
  return sweepMs === undefined || variant === "naive" ? variant : `${variant} ${formatMs(lockTimeoutMs)}`;
}
