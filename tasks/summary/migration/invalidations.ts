import { cacheBehaviour } from "../../model/cache_settings.ts";
import type { MigrationSummary } from "../../model/migration_summary.ts";
import { MIGRATION_SEGMENTS } from "../../model/phases.ts";
import type { RunConfig } from "../../model/run.ts";
import { formatCount, formatShare } from "../../model/units.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import type { Part } from "./parts.ts";

/** One row of migration/invalidations.sql. */
interface Invalidated {
  readonly arm: string;
  readonly segment: string;
  readonly n: number;
}

/** What the load's writes outdated in the cache of each arm that has one. */
export async function readInvalidations(
  rows: Rows,
  run: string,
  { arms, settings }: Pick<RunConfig, "arms" | "settings">,
  parts: readonly Part[],
): Promise<MigrationSummary["invalidations"]> {
  const found = await rows.rows<Invalidated>(query("migration/invalidations"), {
    run,
    segments: JSON.stringify(parts),
  });
  // Without tags a write outdates nothing, whether anybody counts or not.
  const uncounted = cacheBehaviour(settings).invalidation === "tags" ? null : 0;
  const of = (arm: string) =>
    Object.fromEntries(parts.map(({ segment }) => {
      const row = found.find((row) => row.arm === arm && row.segment === segment);
      return [segment, row?.n ?? uncounted];
    }));
  return Object.fromEntries(arms.filter((arm) => arm.endsWith("+cache")).map((arm) => [arm, of(arm)]));
}

/** How many there were in a segment, over all arms; null where an arm did not count them. */
export function invalidationsIn(
  { invalidations }: Pick<MigrationSummary, "invalidations">,
  segment: string,
): number | null {
  return Object.values(invalidations).reduce<number | null>((sum, of) => {
    const n = of[segment] ?? null;
    return sum === null || n === null ? null : sum + n;
  }, 0);
}

/** What became of the cache, in a sentence; "" without one. */
export function cacheText(
  { hitRate, invalidations }: Pick<MigrationSummary, "hitRate" | "invalidations">,
): string {
  const { baseline, migrate, recovery } = MIGRATION_SEGMENTS;
  const [before, during, after] = [baseline, migrate, recovery];
  const arms = Object.keys(invalidations);
  if (arms.length === 0) return "";
  const phrase = (value: (segment: string) => string) =>
    `${value(before)} before, ${value(during)} while it ran, ${value(after)} after`;
  const hits = `Cache hits: ${phrase((segment) => formatShare(hitRate[segment] ?? null))}.`;
  const count = (n: number | null) => n === null ? "—" : formatCount(n);
  const counts = arms.map((arm) => {
    const of = invalidations[arm]!;
    const isNone = [before, during, after].every((segment) => (of[segment] ?? 0) === 0);
    return isNone
      ? `none by writes of ${arm}`
      : `by writes of ${arm} ${phrase((segment) => count(of[segment] ?? null))}`;
  });
  return `${hits} Invalidations: ${counts.join("; ")}.`;
}
