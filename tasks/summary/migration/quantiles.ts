import type { Estimate, Warning } from "../../model/estimate.ts";
import { quantileName } from "../../model/units.ts";
import { difference } from "../../stats/difference.ts";
import { blockNoise } from "../../stats/block_noise.ts";
import { quantile } from "../../stats/quantile.ts";
import { empty, LEVEL, quantileEstimate, ranksOf } from "../estimate.ts";
import type { Responses } from "./responses.ts";

/** Levels at which a migration's effect is told. */
export const LEVELS = [0.5, 0.95, 0.99] as const;

export type QuantileEstimates = Readonly<Record<string, Estimate>>;

/**
 * Quantiles with their intervals: requests of one second resemble each other, so the noise is that of counts over units of
 * time, as everywhere.
 */
export function quantilesOf(responses: Responses | null): QuantileEstimates {
  const { units, shortestTimeoutMs } = responses ?? { units: [], shortestTimeoutMs: null };
  const sorted = ascending(units);
  const sizes = units.map((unit) => unit.length);
  return byLevel((level) => {
    const value = quantile(sorted, level);
    const noise = value === null || !Number.isFinite(value)
      ? null
      : blockNoise(units.map((unit) => unit.filter((ms) => ms <= value).length), sizes, LEVEL);
    const ranks = ranksOf(sorted.length, level, noise);
    const at = (rank: number | null) => rank === null ? null : sorted[rank - 1]!;
    const found = ranks === null
      ? null
      : { value: sorted[ranks.value - 1]!, low: at(ranks.low), high: at(ranks.high) };
    return quantileEstimate({ n: sorted.length, level, found, shortestTimeoutMs });
  });
}

/** Of a change: the quantile was at the time limit of requests before and while the migration ran. */
export const AT_LIMIT = "at-limit";

/** A quantile at the time limit of requests is known from below alone. */
export function isAtLimit({ warnings }: Estimate): boolean {
  return warnings.some(({ code }) => code === "lower-bound");
}

/**
 * How much more each quantile is, ms; nothing where one of the two cannot be told. Of one that came to the time limit of
 * requests the change is known from below; of one that was there before, nothing is.
 */
export function changesOf(before: QuantileEstimates, during: QuantileEstimates): QuantileEstimates {
  return byLevel((level) => {
    const [less, of] = [before[String(level)]!, during[String(level)]!];
    const lacking = [of, less].find(({ value }) => value === null);
    if (lacking !== undefined) return empty(lacking.warnings);
    if (isAtLimit(less)) return empty([limitWarning(level, isAtLimit(of))]);
    const found = difference({ ...of, value: of.value! }, { ...less, value: less.value! });
    const codes = new Set<string>();
    const warnings = [...of.warnings, ...less.warnings].filter(({ code }) =>
      !codes.has(code) && codes.add(code)
    );
    return { ...found, ...isAtLimit(of) && { high: null }, level: LEVEL, warnings };
  });
}

function limitWarning(level: number, both: boolean): Warning {
  const name = quantileName(level);
  return both
    ? {
      code: AT_LIMIT,
      text: `${name} was at the time limit of requests before the migration and while it ran.`,
    }
    : { code: "at-limit-before", text: `${name} was at the time limit of requests before the migration.` };
}

export function ascending(units: readonly (readonly number[])[]): Float64Array {
  const all = new Float64Array(units.reduce((sum, unit) => sum + unit.length, 0));
  let at = 0;
  for (const unit of units) for (const ms of unit) all[at++] = ms;
  return all.sort();
}

function byLevel(estimate: (level: number) => Estimate): QuantileEstimates {
  return Object.fromEntries(LEVELS.map((level) => [String(level), estimate(level)]));
}
