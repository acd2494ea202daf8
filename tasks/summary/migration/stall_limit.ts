import type { MigrationConfig } from "../../model/migration.ts";
import type { MigrationSummary } from "../../model/migration_summary.ts";
import { sloTerms } from "../slo.ts";

/** Users take less for a slow answer; where no target says otherwise. */
const DEFAULT_LIMIT_MS = 250;

/**
 * What the targets allow a stall of any path to be, ms.
 * @param slo as it was written; null: none
 * @param migration its own limit holds where there is no target
 */
export function stallLimitMs(
  slo: string | null,
  migration?: Pick<MigrationConfig, "stallLimitMs">,
): number {
  const limits = sloTerms(slo).flatMap(({ metric, scope, limit }) =>
    metric === "stall" && scope === null ? [limit] : []
  );
  return limits.length === 0 ? migration?.stallLimitMs ?? DEFAULT_LIMIT_MS : Math.min(...limits);
}

/** The longest stall of an arm, ms; null: nothing of it was pending. */
export function longestOf({ impacts }: Pick<MigrationSummary, "impacts">, arm: string): number | null {
  const own = impacts.flatMap(({ path, stall }) => path === arm && stall !== null ? [stall.ms] : []);
  return own.length === 0 ? null : Math.max(...own);
}
