import { quantile } from "../../stats/quantile.ts";
import { comparePairs, type Judged } from "../../summary/comparisons.ts";
import { type LookPlan, lookPlan, undecided } from "../../summary/looks.ts";
import { type PairRatios, pairsUntil } from "../../summary/pair_ratios.ts";
import { roundsOf } from "../../model/rounds.ts";
import { type Share, shareOf } from "./coverage.ts";
import { DEFAULT_MINUTE, isDifferent, type Noise } from "./power.ts";
import { PLANNED_RATIO, planOf } from "./planning.ts";
import { MINUTE_SECONDS, OPERATIONS, simulatedPairs } from "./two_arms.ts";

/** What `--until-decided 5%` makes of many simulated runs. */
export interface Deciding {
  readonly noise: Noise;
  /** Simulated runs of each kind. */
  readonly runs: number;
  /** Twins of which something is found faster or slower when the run ends. */
  readonly wrong: Share;
  /** Runs with all operations 5 % slower, which is the margin, of which something is called equivalent. */
  readonly same: Share;
  /** Length of the fixed plan that shows 5 %, seconds. */
  readonly planSeconds: number;
  /** Runs of at most that length with all operations 20 % slower: the median length, as a share of it. */
  readonly length: number;
  /** The share of these that is decided in half the time. */
  readonly decided: Share;
}

const MARGIN = PLANNED_RATIO - 1;
/** Only so much of a planned run is drawn, more where that decides nothing: what half does not took longer than half. */
const DRAWN = [0.25, 0.5];

/** @param runs of each kind */
export function decidingOf(noise: Noise, runs: number): Deciding {
  let [wrong, same, decided] = [0, 0, 0];
  const minute = lookPlan(roundsIn(MINUTE_SECONDS), MARGIN);
  const { seconds } = planOf(noise, 0);
  const all = roundsIn(seconds);
  const plan = lookPlan(all, MARGIN);
  const lengths: number[] = [];
  for (let run = 0; run < runs; run++) {
    const twins = untilDecided(simulatedPairs({ noise, seed: run }), minute);
    if (twins.rows.some(isDifferent)) wrong++;
    const slowed = untilDecided(
      simulatedPairs({ noise, seed: runs + run, effect: () => PLANNED_RATIO }),
      minute,
    );
    if (slowed.rows.some(({ verdict }) => verdict === "equivalent")) same++;
    const large = { noise, seed: 2 * runs + run, effect: () => 1.2, seconds };
    const after = DRAWN.map((part) => Math.ceil(part * all)).reduce<number | null>(
      (known, drawn) =>
        known ?? untilDecided(simulatedPairs({ ...large, rounds: drawn }), upTo(plan, drawn)).after,
      null,
    );
    lengths.push(after === null ? 1 : after / all);
    if (after !== null) decided++;
  }
  return {
    noise,
    runs,
    wrong: shareOf(wrong, runs),
    same: shareOf(same, runs),
    planSeconds: seconds,
    length: quantile(lengths.sort((a, b) => a - b), 0.5)!,
    decided: shareOf(decided, runs),
  };
}

/** What is said at the look at which the run ends, and after how many rounds; null: it was never decided. */
function untilDecided(
  pairs: readonly PairRatios[],
  { rounds, judging }: LookPlan,
): { readonly rows: readonly Judged[]; readonly after: number | null } {
  let rows: readonly Judged[] = [];
  for (const [look, after] of rounds.entries()) {
    const known = look === rounds.length - 1 ? pairs : pairsUntil(pairs, after);
    rows = comparePairs(known, OPERATIONS, judging(look));
    if (undecided(rows).length === 0) return { rows, after };
  }
  return { rows, after: null };
}

function upTo({ rounds, judging }: LookPlan, drawn: number): LookPlan {
  return { rounds: rounds.filter((after) => after <= drawn), judging };
}

function roundsIn(seconds: number): number {
  return roundsOf({ arms: 2, durationSeconds: seconds, blockSeconds: DEFAULT_MINUTE.blockSeconds });
}
