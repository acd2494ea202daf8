import type { Comparison } from "../model/summary.ts";
import { type CandidateComparison, comparePairs, ONCE } from "./comparisons.ts";
import type { PairRatios } from "./pair_ratios.ts";
import type { Weighted } from "../model/mix_shares.ts";

/** What looked slower, as far as it says what is measured again. */
export type Suspect = Pick<Comparison, "operation" | "statistic">;

/**
 * Judges a run that was made again because something looked slower in the first: only that is asked, so that it alone
 * shares the 5 %. Slower in both by chance is one in twenty of one in twenty.
 * @param again the pairs of base and candidate, interleaved, of the second run alone
 * @returns the suspects' comparisons; `slower` where it is confirmed
 */
export function confirmed(
  suspects: readonly Suspect[],
  again: readonly PairRatios[],
  operations: readonly Weighted[],
): CandidateComparison[] {
  const suspected = ({ operation, statistic }: Suspect) =>
    suspects.some((each) => each.operation === operation && each.statistic === statistic);
  const asked = again.filter(({ kind, operation }) =>
    suspected({ operation, statistic: kind === "p95" ? "p95" : "p50" })
  );
  return comparePairs(asked, operations, ONCE);
}
