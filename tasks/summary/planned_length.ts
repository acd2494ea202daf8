import type { PlannedLength } from "../model/planned_text.ts";
import { PLANNED_POWER, requiredPairs } from "../stats/required_length.ts";
import { MIN_PAIRS, SHARES } from "./comparisons.ts";
import type { PairRatios } from "./pair_ratios.ts";

/**
 * How long a run must be to show a change in nine of ten runs, from the noise of pairs that were measured: over all
 * operations, and in each one's median where it is the only one that changed, so has the smallest limit of Holm's steps.
 * @param measured pairs of a shorter run, or an earlier one, of the same arms, operations, rate and blocks
 * @param ratio the change, above 1: 1.05 is 5 %
 * @param seconds that these pairs took to measure
 * @returns all operations first
 */
export function plannedLengths(
  measured: readonly PairRatios[],
  { ratio, seconds, power = PLANNED_POWER }: {
    readonly ratio: number;
    readonly seconds: number;
    readonly power?: number;
  },
): PlannedLength[] {
  const medians = measured.filter(({ kind }) => kind === "p50").length;
  return measured.filter(({ kind }) => kind !== "p95").map(({ kind, operation, pairs }) => {
    const logs = pairs.map(({ log }) => log).filter((log) => !Number.isNaN(log));
    const alpha = SHARES[kind] / (kind === "all" ? 1 : medians);
    const required = requiredPairs(logs, { ratio, alpha, power });
    if (required === null) return { operation, pairs: null, seconds: null };
    const all = Math.max(MIN_PAIRS, required);
    return { operation, pairs: all, seconds: all * seconds / logs.length };
  });
}

/** The time after which each of them shows the change; null where of one it cannot be told. */
export function longestOf(planned: readonly PlannedLength[]): number | null {
  return planned.some(({ seconds }) => seconds === null) || planned.length === 0
    ? null
    : Math.max(...planned.map(({ seconds }) => seconds!));
}
