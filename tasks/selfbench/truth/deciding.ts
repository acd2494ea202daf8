import { quantile } from "../../stats/quantile.ts";
import { type CandidateComparison, comparePairs } from "../../summary/comparisons.ts";
import type { UntilDecided } from "../../model/until_decided.ts";
import { judgingAfter, looksOf, undecided } from "../../summary/looks.ts";
import { type PairRatios, pairsUntil } from "../../summary/pair_ratios.ts";
import { roundsOf } from "../../model/rounds.ts";
import { type Share, shareOf } from "./coverage.ts";
import { DEFAULT_MINUTE, isDifferent, type Noise } from "./power.ts";
import { PLANNED_RATIO, planOf } from "./planning.ts";
import { MINUTE_SECONDS, OPERATIONS, simulatedPairs, type TwoArms } from "./two_arms.ts";

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
  /** Of the twins and of these: intervals over all operations, as they are told when the run ends, that hold the truth. */
  readonly held: Share;
}

const MARGIN = PLANNED_RATIO - 1;
/** Only so much of a planned run is drawn, more where that decides nothing: what half does not took longer than half. */
const DRAWN = [0.25, 0.5];

/** @param runs of each kind */
export function decidingOf(noise: Noise, runs: number): Deciding {
  let [wrong, same, decided, held] = [0, 0, 0, 0];
  const minute = planFor(MINUTE_SECONDS);
  const { seconds } = planOf(noise, 0);
  const plan = planFor(seconds);
  const all = plan.looks.at(-1)!;
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
    const ended = decidedIn(large, plan);
    lengths.push(ended.after === null ? 1 : ended.after / all);
    if (ended.after !== null) decided++;
    if (holds(twins.rows, 1)) held++;
    if (holds(ended.rows, 1.2)) held++;
  }
  return {
    noise,
    runs,
    wrong: shareOf(wrong, runs),
    same: shareOf(same, runs),
    planSeconds: seconds,
    length: quantile(lengths.sort((a, b) => a - b), 0.5)!,
    decided: shareOf(decided, runs),
    held: shareOf(held, 2 * runs),
  };
}

/** How a run ends of which no more is drawn than decides. */
function decidedIn(run: TwoArms, plan: UntilDecided) {
  let ended: ReturnType<typeof untilDecided> = { rows: [], after: null };
  for (const part of DRAWN) {
    const drawn = Math.ceil(part * plan.looks.at(-1)!);
    ended = untilDecided(simulatedPairs({ ...run, rounds: drawn }), plan, drawn);
    if (ended.after !== null) break;
  }
  return ended;
}

/**
 * What is said at the look at which the run ends, and after how many rounds; null: it was never decided.
 * @param drawn rounds that there are, where not the whole run was drawn
 */
function untilDecided(
  pairs: readonly PairRatios[],
  plan: UntilDecided,
  drawn = Infinity,
): { readonly rows: readonly CandidateComparison[]; readonly after: number | null } {
  let rows: readonly CandidateComparison[] = [];
  for (const after of plan.looks.filter((look) => look <= drawn)) {
    const known = after === plan.looks.at(-1) ? pairs : pairsUntil(pairs, after);
    rows = comparePairs(known, OPERATIONS, judgingAfter(after, plan));
    if (undecided(rows).length === 0) return { rows, after };
  }
  return { rows, after: null };
}

/** The plan of looks that the command makes for a run of such a length. */
function planFor(seconds: number): UntilDecided {
  return { margin: MARGIN, looks: looksOf(roundsIn(seconds), seconds) };
}

/** Whether the interval over all operations, as it is told at the end, holds the true ratio. */
function holds(rows: readonly CandidateComparison[], ratio: number): boolean {
  const { low, high } = rows.find(({ operation }) => operation === null)!;
  return (low ?? 0) <= ratio && ratio <= (high ?? Infinity);
}

function roundsIn(seconds: number): number {
  return roundsOf({ arms: 2, durationSeconds: seconds, blockSeconds: DEFAULT_MINUTE.blockSeconds });
}
