import type { Comparison } from "../model/summary.ts";
import type { UntilDecided } from "../model/until_decided.ts";
import { nominalPs, spent } from "../stats/group_sequential.ts";
import { type Judging, SHARES } from "./comparisons.ts";

/** As often is a run looked at that ends when it knows; more looks end it hardly earlier, and each costs a little power. */
export const LOOKS = 20;
/** At each look the measuring pauses for the better part of a second: they lie so far apart. */
const SECONDS_APART = 6;
/** Nothing is rejected at smaller ones. */
const LEAST_P = 1e-12;

/**
 * After which rounds a run is looked at that ends when it knows, the last time after all. Where no number of pairs could
 * decide anything it is not looked at: early looks spend next to nothing of the 5 %.
 * @param rounds of the whole run
 * @param seconds of measured time that it takes at most
 */
export function looksOf(rounds: number, seconds: number): number[] {
  const looks = Math.max(1, Math.min(LOOKS, Math.floor(seconds / SECONDS_APART)));
  const after = Array.from({ length: looks }, (_, look) => Math.round((look + 1) * rounds / looks));
  return [...new Set(after)].filter((round) =>
    round === rounds || spent(SHARES.all, round / rounds) >= Math.max(LEAST_P, 2 / 2 ** round)
  );
}

/**
 * How a run is judged that is looked at again and again, and may end at each look: each operation has, over all looks
 * together, the share of false verdicts that it would have at the end alone. That holds for an interval too: over all
 * looks together it holds the true ratio in as many runs as its level says (Jennison and Turnbull's repeated confidence
 * intervals, JRSS B 51, 1989), so also at the one at which the run ended, whatever made it end there.
 * @param rounds after so many it is judged: at a look, or between two of them where the run ended for another reason
 */
export function judgingAfter(rounds: number, { margin, looks }: UntilDecided): Judging {
  const all = looks.at(-1)!;
  const fractions = [...looks.filter((look) => look < rounds), rounds].map((look) => look / all);
  return {
    margin,
    nominal: (share, sides) => {
      const key = `${sides} ${share} ${fractions.join()}`;
      const known = nominal.get(key) ?? nominalPs(share, fractions, sides).at(-1)!;
      nominal.set(key, known);
      return known;
    },
  };
}

/** What has been computed: every comparison of every look asks again. */
const nominal = new Map<string, number>();

/**
 * What a run that ends when it knows goes on for: comparisons over all operations and of medians without an answer. A p95
 * is judged when the run ends, and does not prolong it: few runs of any length can tell one.
 */
export function undecided<Row extends Pick<Comparison, "operation" | "statistic" | "verdict">>(
  comparisons: readonly Row[],
): Row[] {
  return comparisons.filter(({ statistic, verdict }) => statistic === "p50" && verdict === "inconclusive");
}
