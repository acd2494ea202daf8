import { median } from "../../stats/robust.ts";
import { longestOf, plannedLengths } from "../../summary/planned_length.ts";
import { type Share, shareOf } from "./coverage.ts";
import type { Noise } from "./power.ts";
import { judgedPairs, MINUTE_SECONDS, simulatedPairs } from "./two_arms.ts";

/** What `--plan-for 5%` makes of many simulated default minutes. */
export interface Planning {
  readonly noise: Noise;
  /** The planned length, seconds: the median of all runs. */
  readonly seconds: number;
  /** Runs of the length that each was planned for, of which the 5 % in the operation that takes longest were found. */
  readonly found: Share;
}

/** What is planned for. */
export const PLANNED_RATIO = 1.05;
/** A plan is made from so much of the run that it is for. */
const PILOT_SECONDS = MINUTE_SECONDS;
/** Longer plans are not simulated: their number of requests would take too long. */
const MOST_SECONDS = 1800;

/** @param runs that are planned, and simulated at the length that was planned */
export function planningOf(noise: Noise, runs: number): Planning {
  let found = 0;
  const lengths: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { seconds, operation } = planOf(noise, run);
    lengths.push(seconds);
    const effect = (name: string) => name === operation ? PLANNED_RATIO : 1;
    const rows = judgedPairs(simulatedPairs({ noise, seed: runs + run, effect, seconds }));
    const row = rows.find((each) => each.operation === operation && each.statistic === "p50")!;
    if (row.verdict === "slower") found++;
  }
  return { noise, seconds: median(lengths)!, found: shareOf(found, runs) };
}

/** The length of a run that shows 5 % in each operation, and the operation that takes longest. */
export function planOf(noise: Noise, seed: number): { readonly seconds: number; readonly operation: string } {
  const pilot = simulatedPairs({ noise, seed: 2_000_000 + seed, seconds: PILOT_SECONDS });
  const planned = plannedLengths(pilot, { ratio: PLANNED_RATIO, seconds: PILOT_SECONDS });
  const longest = longestOf(planned)!;
  const { operation } = planned.find((each) => each.operation !== null && each.seconds === longest)!;
  return { seconds: Math.min(MOST_SECONDS, longest), operation: operation! };
}
