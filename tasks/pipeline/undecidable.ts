import { slotsOf } from "../load/rates.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { roundsOf, secondsFor } from "../model/rounds.ts";
import { formatCount, formatSeconds } from "../model/units.ts";
import { pairsExpected } from "../summary/block_pairs.ts";
import { MIN_PAIRS } from "../summary/comparisons.ts";
import type { BenchPlan } from "./bench_options.ts";
import { type LookedAt, untilDecidedOf } from "./load_plan.ts";

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

/** What to say before a run that is to end when it knows and cannot end before its time; null where it can. */
export function neverEarly(system: LookedAt): string | null {
  const { plan: { untilDecided, duration }, arms } = system;
  if (untilDecided === undefined) return null;
  const looks = untilDecidedOf(system)?.looks.length ?? 0;
  if (looks === 0) {
    return `Nothing is to be decided, as no arm but ${
      arms[0]!.name
    } is to be had: the run takes all of --duration.`;
  }
  return looks > 1
    ? null
    : `${
      formatSeconds(duration)
    } are too short to end earlier: the run is looked at once, at its end. Use a longer --duration.`;
}
