import { numbers, words } from "../../charts/figure.ts";
import type { MigrationSummary } from "../../model/migration_summary.ts";
import type { RunSummary } from "../../model/summary.ts";
import { formatBytes, formatCount, formatSeconds, formatShare, listed } from "../../model/units.ts";
import { cachedArms, invalidationsIn } from "../../summary/migration/invalidations.ts";
import { plain } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import { plainSection } from "./section.ts";

/** All of it on one axis, and what the axis is divided into. */
export const TIMELINE = plainSection({
  of: "migrate",
  title: "The migration and its users",
  figures: ["migration-timeline"],
  tables: ({ summary }) => [
    summary.migration === undefined ? null : partsTable(summary.migration, summary),
  ],
});

function partsTable(
  migration: MigrationSummary,
  { arms, run }: Pick<RunSummary, "arms" | "run">,
): ReportTable {
  const { segments, walBytesPerSecond, hitRate } = migration;
  const isCached = Object.values(hitRate).some((rate) => rate !== null);
  return {
    id: "table-parts",
    caption: "The parts of the run",
    columns: [
      ...words("Segment"),
      ...numbers("From", "Lasted", "Write-ahead log", "Cache hits", "Invalidations"),
    ],
    groups: segments.map(({ segment, startUs, endUs }) => ({
      name: segment,
      span: 1,
      rows: [{
        name: null,
        cells: [
          formatSeconds(startUs / 1e6),
          formatSeconds((endUs - startUs) / 1e6),
          rateText(walBytesPerSecond[segment] ?? null),
          formatShare(hitRate[segment] ?? null),
          isCached ? countText(invalidationsIn(migration, segment)) : "—",
        ].map(plain),
      }],
    })),
    note: isCached ? outdatedText(cachedArms(run.config, arms)) : "",
  };
}

/** What ends the life of an entry, of all arms that have a cache. */
function outdatedText({ cached, tagged }: ReturnType<typeof cachedArms>): string {
  const expire = "Entries of the cache expire after their time to live";
  if (tagged.length === 0) return `${expire}; nothing invalidates them, neither a write nor the migration.`;
  // Each arm may have settings of its own.
  const where = tagged.length === cached.length ? "" : `in the cache of ${listed(tagged)} `;
  return `${expire}; ${where}a write outdates at once those that its scenario names. Invalidations: tags that the load's ` +
    "writes gave new versions; each outdates all entries of its tag. The migration invalidates none.";
}

function rateText(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? "—" : `${formatBytes(bytesPerSecond)}/s`;
}

function countText(n: number | null): string {
  return n === null ? "—" : formatCount(n);
}
