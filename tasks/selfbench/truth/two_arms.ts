import { type CandidateComparison, comparePairs } from "../../summary/comparisons.ts";
import { type PairRatios, pairRatios } from "../../summary/pair_ratios.ts";
import { DEFAULT_MINUTE, type Noise } from "./power.ts";
import { simulate } from "./simulated_run.ts";

const ARMS = ["base", "candidate"] as const;
/** Of single requests within a block, a usual machine's. */
const SPREAD = 0.3;

/** A default minute of two arms, of which one may be slower. */
export interface TwoArms {
  readonly noise: Noise;
  readonly seed: number;
  /** By what factor the candidate's operation takes longer; without it the arms are twins. */
  readonly effect?: (operation: string) => number;
  /** Measured time; the default minute's without it. */
  readonly seconds?: number;
  /** Rounds that are drawn, the first ones; without it all. */
  readonly rounds?: number;
}

/** The operations that both arms are asked. */
export const { operations: OPERATIONS } = DEFAULT_MINUTE;
/** Measured time of a default minute. */
export const MINUTE_SECONDS: number = DEFAULT_MINUTE.durationSeconds;

/** The pairs of blocks of a simulated run. */
export function simulatedPairs({ noise, seed, effect = () => 1, seconds, rounds }: TwoArms): PairRatios[] {
  const groups = simulate({
    ...DEFAULT_MINUTE,
    arms: ARMS,
    durationSeconds: seconds ?? MINUTE_SECONDS,
    ...noise,
    spread: SPREAD,
    spikes: 0.05,
    ...(rounds === undefined ? {} : { rounds }),
    effect: (arm, operation) => arm === "candidate" ? effect(operation) : 1,
  }, seed);
  return pairRatios(groups, OPERATIONS, ...ARMS);
}

/** What is said of them at the end of the run. */
export function judgedPairs(pairs: readonly PairRatios[]): CandidateComparison[] {
  return comparePairs(pairs, OPERATIONS);
}
