import type { ArmRecord, Run } from "../model/run.ts";
import { armCacheBehaviour, longestLife } from "../model/cache_settings.ts";
import { type TierRefresh, turnSeconds, upkeepOf } from "../model/tier_settings.ts";
import type { TierUpkeepSummary, UpkeepEffect } from "../model/tier_summary.ts";
import { findPath } from "../paths/registry.ts";
import type { Tier } from "../paths/tier.ts";
import { hodgesLehmann } from "../stats/hodges_lehmann.ts";
import { median } from "../stats/robust.ts";
import type { TierRows } from "./tier_rows.ts";

/** Fewer pairs decide nothing. */
const VERDICT_PAIRS = 8;
/** A timer may be so late on a busy machine, ms; where it was later, that is no fault of what it starts. */
const LATE_MS = 100;
/** A timer's own rounding, µs. */
const EARLY_US = 1_000;

/** An arm of a run that may be over a tier. */
export type TierArm = Pick<ArmRecord, "name" | "path"> & Partial<Pick<ArmRecord, "overrides">>;

/**
 * The oldest that what an arm reads may be, ms: the interval, the longest time that bringing the tier up to date took, and
 * how late that began; with a cache before it, and the longest that an entry is answered, which was asked for before, for no
 * longer than a request may take. So reads find more only where an interval was left out. Null: the path is over no tier, or over one that its writers keep up and no cache stands before.
 */
export function promisedMs(
  arm: TierArm,
  { config: { settings, timeoutMs } }: Pick<Run, "config">,
  refreshes: readonly TierRefresh[],
): number | null {
  const { tier, cached } = findPath(arm.path) ?? {};
  if (tier === undefined) return null;
  const upkeep = upkeepOf(tier.name, settings);
  const cache = armCacheBehaviour(settings, arm);
  const hasEntries = cached === true && cache.strategy !== "none";
  if (upkeep === null && !hasEntries) return null;
  const kept = upkeep === null ? 0 : (upkeep.everySeconds + (turnSeconds(settings) ?? 0)) * 1000 +
    Math.max(0, ...tookMs(tier.name, refreshes, ["ok", "cancelled"])) +
    latestMs(tier.name, upkeep.everySeconds, refreshes);
  return kept + (hasEntries ? longestLife(cache) * 1000 + timeoutMs : 0) + (upkeep === null ? LATE_MS : 0);
}

/** How long after its interval was over the latest began, ms. */
function latestMs(tier: string, everySeconds: number, refreshes: readonly TierRefresh[]): number {
  const everyUs = everySeconds * 1e6;
  const late = begun(tier, refreshes, ["ok", "cancelled"]).map(({ beganUs }) =>
    beganUs - everyUs * Math.floor((beganUs + EARLY_US) / everyUs)
  );
  return Math.max(LATE_MS, ...late.map((us) => us / 1000));
}

/** Whether writers keep the tier of a path, so that only a cache before it answers what is old. */
export function isKeptByWriters(path: string, { config }: Pick<Run, "config">): boolean {
  const { tier } = findPath(path) ?? {};
  return tier !== undefined && upkeepOf(tier.name, config.settings) === null;
}

/** What became of what keeps a tier up; null: its writers do. */
export function upkeepSummary(
  tier: Tier["name"],
  { config }: Pick<Run, "config">,
  { refreshes, disturbed, turns = [] }: Pick<TierRows, "refreshes" | "disturbed" | "turns">,
): TierUpkeepSummary | null {
  const upkeep = upkeepOf(tier, config.settings);
  if (upkeep === null) return null;
  const own = refreshes.filter((row) => row.tier === tier && row.kind !== "made");
  const took = tookMs(tier, refreshes, ["ok"]);
  const seconds = turnSeconds(config.settings);
  const ofTurns = (writes: boolean) =>
    disturbanceOf(turns.filter(({ write }) => write === writes).map(({ on, off }) => on / off));
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
    disturbance: disturbanceOf(
      disturbed.filter((row) => row.tier === tier).map(({ during, betweenTwo }) => during / betweenTwo),
    ),
    ...seconds !== null && { inTurn: { seconds, reads: ofTurns(false), writes: ofTurns(true) } },
  };
}

type Outcomes = readonly TierRefresh["outcome"][];

/** One that was still at work when the run was over had taken so long by then. */
function tookMs(tier: string, refreshes: readonly TierRefresh[], outcomes: Outcomes): number[] {
  return begun(tier, refreshes, outcomes).map(({ beganUs, endedUs }) => (endedUs - beganUs) / 1000);
}

function begun(tier: string, refreshes: readonly TierRefresh[], outcomes: Outcomes): TierRefresh[] {
  return refreshes.filter((row) =>
    row.tier === tier && outcomes.includes(row.outcome) && row.kind !== "made"
  );
}

/** On the scale of logarithms, on which a ratio and its reciprocal are as far from one. */
function disturbanceOf(pairs: readonly number[]): UpkeepEffect | null {
  const logs = pairs.map(Math.log);
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
