import { armCacheBehaviour } from "../../model/cache_settings.ts";
import type { MigrationSummary } from "../../model/migration_summary.ts";
import { MIGRATION_SEGMENTS } from "../../model/phases.ts";
import type { ArmRecord, RunConfig } from "../../model/run.ts";
import { formatCount, formatShare } from "../../model/units.ts";
import { isCachedName } from "../../paths/names.ts";
import { armsOfRun } from "../../store/arms.ts";
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
  config: RunConfig,
  parts: readonly Part[],
): Promise<MigrationSummary["invalidations"]> {
  const found = await rows.rows<Invalidated>(query("migration/invalidations"), {
    run,
    segments: JSON.stringify(parts),
  });
  const arms = await armsOfRun(rows, { runId: run, config });
  const { cached, tagged } = cachedArms(config, arms);
  const of = (arm: string) =>
    Object.fromEntries(parts.map(({ segment }) => {
      const row = found.find((row) => row.arm === arm && row.segment === segment);
      // Without tags a write outdates nothing, whether anybody counts or not.
      return [segment, row?.n ?? (tagged.includes(arm) ? null : 0)];
    }));
  return Object.fromEntries(cached.map((arm) => [arm, of(arm)]));
}

/** The arms before which a cache stands, and those of them whose writes outdate its entries. */
export function cachedArms(
  { settings }: Pick<RunConfig, "settings">,
  arms: readonly Pick<ArmRecord, "name" | "path" | "overrides">[],
): { readonly cached: readonly string[]; readonly tagged: readonly string[] } {
  const cached = arms.filter(({ path }) => isCachedName(path));
  const tagged = cached.filter((arm) => armCacheBehaviour(settings, arm).invalidation === "tags");
  return { cached: cached.map(({ name }) => name), tagged: tagged.map(({ name }) => name) };
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
  const count = (n: number | null) => n === null ? "not counted" : formatCount(n);
  const counts = arms.map((arm) => {
    const of = invalidations[arm]!;
    const told = [before, during, after].map((segment) => of[segment] ?? null);
    if (told.every((n) => n === null)) return `those by writes of ${arm} were not counted`;
    return told.every((n) => n === 0)
      ? `none by writes of ${arm}`
      : `by writes of ${arm} ${phrase((segment) => count(of[segment] ?? null))}`;
  });
  return `${hits} Invalidations: ${counts.join("; ")}.`;
}
