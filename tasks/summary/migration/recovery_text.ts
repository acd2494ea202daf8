import type { MigrationSummary } from "../../model/migration_summary.ts";
import { MIGRATION_SEGMENTS } from "../../model/phases.ts";
import { formatSeconds, listed } from "../../model/units.ts";
import { SETTLED_SECONDS } from "./recovery.ts";

/** Whether, and how soon, the load was back to what it was before the migration, as a sentence. */
export function recoveryText(
  { recovery, segments }: Pick<MigrationSummary, "recovery" | "segments">,
): string {
  const { state, afterSeconds, lacking, settledSeconds } = recovery;
  switch (state) {
    case "recovered":
      return afterSeconds === 0
        ? "The load was back to its baseline as soon as the migration ended."
        : `The load was back to its baseline ${formatSeconds(afterSeconds!)} after the migration ended.`;
    case "not recovered": {
      const after = segments.find(({ segment }) => segment === MIGRATION_SEGMENTS.recovery)!;
      const were = lacking.length === 1 ? "was" : "were";
      const within = formatSeconds((after.endUs - after.startUs) / 1e6);
      if (settledSeconds > 0) {
        return `Whether the load recovered is not known: ${
          listed(lacking)
        } ${were} back to the baseline for the last ${
          formatSeconds(settledSeconds)
        } of the ${within} after the migration, and it takes ${formatSeconds(SETTLED_SECONDS)} in a row. ` +
          "Use a longer --duration.";
      }
      return `The load did not recover within ${within} after the migration: ${
        listed(lacking)
      } ${were} not back to the baseline.`;
    }
    case "unknown":
      return "Whether the load recovered is unknown: too little was measured.";
  }
}
