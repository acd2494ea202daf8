import type { MigrationSummary } from "../../model/migration_summary.ts";
import { formatMs } from "../../model/units.ts";

/** Why a naive form that nobody felt is not safe all the same. */
export function shortLockSentences({ migration: { variant }, steps }: MigrationSummary): string[] {
  if (variant !== "naive") return [];
  const [longest] = steps.flatMap(({ locks }) => locks).filter(({ blocked }) => blocked > 0)
    .toSorted((a, b) => b.heldUs - a.heldUs);
  const why = longest === undefined
    ? "nobody had to wait for its locks here"
    : `${longest.mode} on ${longest.relation} was held for only ${formatMs(longest.heldUs / 1000)} here`;
  return [`This does not make the naive form safe: ${why}, and a larger table is locked for longer.`];
}
