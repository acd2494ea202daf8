import type { Comparison } from "../model/summary.ts";
import { nominalPs } from "../stats/group_sequential.ts";
import type { Judging } from "./comparisons.ts";

/** As often is a run looked at that ends when it knows; more looks end it hardly earlier, and each costs a little power. */
export const LOOKS = 20;

/** How a run is judged that is looked at again and again, and may end at each look. */
export interface LookPlan {
  /** After so many rounds each, ascending; the last one is after all of them. */
  readonly rounds: readonly number[];
  /** By what verdicts are given at a look, by its index. */
  readonly judging: (look: number) => Judging;
}

/**
 * Plans the looks at a run that ends when it knows: each operation has, over all looks together, the share of false
 * verdicts that it would have at the end alone.
 * @param rounds of the whole run
 * @param margin ratios from 1 ÷ (1 + margin) to 1 + margin count as the same
 */
export function lookPlan(rounds: number, margin: number): LookPlan {
  const looks = Array.from({ length: LOOKS }, (_, look) => Math.round((look + 1) * rounds / LOOKS));
  const ascending = [...new Set(looks)].filter((after) => after > 0);
  const fractions = ascending.map((after) => after / rounds);
  const known = new Map<string, readonly number[]>();
  return {
    rounds: ascending,
    judging: (look) => ({
      margin,
      nominal: (share, sides) => {
        const key = `${sides} ${share}`;
        const ps = known.get(key) ?? nominalPs(share, fractions, sides);
        known.set(key, ps);
        return ps[look]!;
      },
    }),
  };
}

/**
 * What a run that ends when it knows goes on for: comparisons over all operations and of medians without an answer. A p95
 * is judged when the run ends, and does not prolong it: few runs of any length can tell one.
 */
export function undecided<Row extends Pick<Comparison, "operation" | "statistic" | "verdict">>(
  comparisons: readonly Row[],
): Row[] {
  return comparisons.filter(({ statistic, verdict }) => statistic === "p50" && verdict === "inconclusive");
}
