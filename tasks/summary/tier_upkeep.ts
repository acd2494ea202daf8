import type { Run } from "../model/run.ts";
import { cacheBehaviour } from "../model/cache_settings.ts";
import { type TierRefresh, upkeepOf } from "../model/tier_settings.ts";
import type { TierUpkeepSummary } from "../model/tier_summary.ts";
import { findPath } from "../paths/registry.ts";
import { hodgesLehmann } from "../stats/hodges_lehmann.ts";
import { median } from "../stats/robust.ts";
import type { TierRows } from "./tier_rows.ts";

/** Fewer pairs decide nothing. */
const VERDICT_PAIRS = 8;
/** A timer may be so late on a busy machine, ms. */
const LATE_MS = 100;

/**
 * The oldest that what an arm reads may be, ms: the interval, and the longest time that bringing the tier up to date took;
 * with a cache before it, and the longest that an entry is answered. Null: the path is over no tier that something keeps up.
 */
export function promisedMs(
  path: string,
  { config: { settings, timeoutMs } }: Pick<Run, "config">,
  refreshes: readonly TierRefresh[],
): number | null {
  const { tier, cached } = findPath(path) ?? {};
  const upkeep = tier === undefined ? null : upkeepOf(tier.name, settings);
  if (tier === undefined || upkeep === null) return null;
  const kept = upkeep.everySeconds * 1000 + Math.max(0, ...tookMs(tier.name, refreshes)) + LATE_MS;
  return cached ? kept + entryMs(settings) + timeoutMs : kept;
}

/** How long after it was stored an entry may be answered, ms; it was asked for before, for no longer than a request may take. */
function entryMs(settings: Run["config"]["settings"]): number {
  const { ttlSeconds, jitter, strategy, staleSeconds } = cacheBehaviour(settings);
  return 1000 * (ttlSeconds * (1 + jitter) + (strategy === "stale-while-revalidate" ? staleSeconds : 0));
}

/** What became of what keeps a tier up; null: its writers do. */
export function upkeepSummary(
  tier: string,
  { config }: Pick<Run, "config">,
  { refreshes, disturbed }: Pick<TierRows, "refreshes" | "disturbed">,
): TierUpkeepSummary | null {
  const upkeep = upkeepOf(tier as "matview" | "aggregate", config.settings);
  if (upkeep === null) return null;
  const own = refreshes.filter((row) => row.tier === tier && row.kind !== "made");
  const took = tookMs(tier, refreshes);
  return {
    ...upkeep,
    outcomes: Object.fromEntries(
      [...Map.groupBy(own, ({ outcome }) => outcome)].map(([outcome, rows]) => [outcome, rows.length]),
    ),
    medianMs: median(took),
    longestMs: took.length === 0 ? null : Math.max(...took),
    errors: [
      ...new Set(own.flatMap(({ outcome, error }) => outcome === "skipped" || error === null ? [] : [error])),
    ],
    disturbance: disturbanceOf(disturbed.filter((row) => row.tier === tier)),
  };
}

function tookMs(tier: string, refreshes: readonly TierRefresh[]): number[] {
  return refreshes.filter((row) => row.tier === tier && row.outcome === "ok" && row.kind !== "made")
    .map(({ beganUs, endedUs }) => (endedUs - beganUs) / 1000);
}

/** On the scale of logarithms, on which a ratio and its reciprocal are as far from one. */
function disturbanceOf(pairs: TierRows["disturbed"]): TierUpkeepSummary["disturbance"] {
  const logs = pairs.map(({ during, betweenTwo }) => Math.log(during / betweenTwo));
  const found = hodgesLehmann(logs);
  if (found === null) return null;
  const { estimate, interval } = found;
  const enough = pairs.length >= VERDICT_PAIRS && interval !== null;
  return {
    ratio: Math.exp(estimate),
    low: interval === null ? null : Math.exp(interval.low),
    high: interval === null ? null : Math.exp(interval.high),
    pairs: pairs.length,
    verdict: !enough
      ? "too few pairs"
      : interval.low > 0
      ? "slower"
      : interval.high < 0
      ? "faster"
      : "inconclusive",
  };
}
