import type { Summary, Warning } from "../model/summary.ts";
import { formatShare } from "../model/units.ts";

/**
 * What became of the hit rate that keys were chosen for, for each arm with a cache. It is told whether or not it
 * was reached: another rate, time or list of paths than the scenario's fills the cache otherwise.
 * @param target 0 to 1; null: keys were not chosen
 */
export function hitTargetNotes(
  target: number | null,
  summaries: readonly Pick<Summary, "arm" | "operation" | "cache">[],
): Warning[] {
  if (target === null) return [];
  return summaries.filter(({ operation, cache }) => operation === null && cache !== null).map((
    { arm, cache },
  ) => ({
    code: "hit-target",
    text: `The cache answered ${formatShare(cache!.hitRate)} of the lookups of ${arm}; ` +
      `the target was ${formatShare(target)}.`,
  }));
}
