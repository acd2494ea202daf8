import { slotsOf } from "../load/rates.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { roundsOf, secondsFor } from "../model/rounds.ts";
import { formatCount, formatSeconds } from "../model/units.ts";
import { pairsExpected } from "../summary/block_pairs.ts";
import { MIN_PAIRS } from "../summary/comparisons.ts";
import type { BenchPlan } from "./bench_options.ts";

/**
 * What to say before measuring where the asked duration can decide nothing about the arms, and which one could; null
 * where it can.
 * @param arms how many there are to be had
 */
export function undecidable(
  scenario: Pick<LoadedScenario, "streams" | "operations" | "rate" | "block" | "washout">,
  plan: Pick<BenchPlan, "loop" | "rate" | "duration" | "warmup">,
  arms: number,
): string | null {
  if (arms < 2) return null;
  const pairs = (durationSeconds: number) => {
    const rounds = roundsOf({ arms, durationSeconds, blockSeconds: scenario.block });
    if (plan.loop === "closed") return rounds;
    const slots = slotsOf(scenario.streams, {
      factor: plan.rate / scenario.rate,
      warmupSeconds: 0,
      durationSeconds,
    });
    const washout = Math.min(scenario.washout / scenario.block, 1 / 4);
    return Math.min(rounds, pairsExpected(slots / arms * (1 - washout), scenario.operations.length));
  };
  const found = pairs(plan.duration);
  if (found >= MIN_PAIRS) return null;
  let needed = secondsFor(MIN_PAIRS, { arms, blockSeconds: scenario.block });
  while (pairs(needed) < MIN_PAIRS) needed = Math.ceil(needed * 1.1);
  return `${
    formatSeconds(plan.duration)
  } cannot decide which arm is faster: too few pairs of blocks for a verdict, ` +
    `${formatCount(Math.floor(found))} of ${MIN_PAIRS}. Use --duration ${needed}s.`;
}
