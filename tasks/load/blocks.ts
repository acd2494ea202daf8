import { UsageError } from "../model/errors.ts";
import { BLOCK_SEGMENTS } from "../model/phases.ts";
import { roundsOf } from "../model/rounds.ts";
import type { Phase } from "../model/run.ts";
import { formatSeconds } from "../model/units.ts";
import { counter } from "../random/counter.ts";
import { shuffle } from "../random/shuffle.ts";
import { blockOrders } from "./block_order.ts";

export interface BlockPlan {
  readonly arms: readonly string[];
  readonly seed: number;
  readonly warmupSeconds: number;
  /** Measured time over all arms. */
  readonly durationSeconds: number;
  /** Wished length of a block; fitted so that whole rounds fill the duration. */
  readonly blockSeconds: number;
  readonly washoutSeconds: number;
}

/** A phase in which one arm is asked. */
export type BlockPhase = Phase & { readonly arm: string };

/** The shortest block that still holds a washout and something to measure; less than any that a scenario wishes for. */
const SHORTEST_BLOCK_SECONDS = 0.15;

/**
 * Cuts a run into blocks of one arm each: first a warm-up block of every arm, then rounds. A round holds one block of
 * each arm, in orders that are balanced for place and predecessor and drawn from the seed (see `blockOrders`). Each
 * block begins with a washout in which the arm before it drains.
 * @returns phases in time order, µs from the run's start, without gaps.
 * @throws {UsageError} when the duration is too short for one round.
 */
export function planBlocks(plan: BlockPlan): BlockPhase[] {
  const { arms, seed, durationSeconds } = plan;
  const rounds = roundsOf({ ...plan, arms: arms.length });
  const blockSeconds = durationSeconds / (rounds * arms.length);
  if (blockSeconds < SHORTEST_BLOCK_SECONDS) {
    throw new UsageError(
      `Cannot interleave ${arms.length} arms within a duration of ${formatSeconds(durationSeconds)}: ` +
        `a block would last ${formatSeconds(blockSeconds)}`,
      `Give --duration at least ${formatSeconds(SHORTEST_BLOCK_SECONDS * arms.length)}.`,
    );
  }
  const washoutSeconds = Math.min(plan.washoutSeconds, blockSeconds / 4);
  const random = counter(seed, "blocks");
  const phases: BlockPhase[] = [];
  let at = 0;
  let block = 0;
  const add = (segment: string, arm: string, seconds: number) => {
    if (seconds <= 0) return;
    const startUs = Math.round(at * 1e6);
    at += seconds;
    const endUs = Math.round(at * 1e6);
    const measured = segment === BLOCK_SEGMENTS.steady;
    phases.push({ phaseId: phases.length, segment, measured, block, arm, startUs, endUs });
  };
  const warmup = plan.warmupSeconds > 0 ? shuffle(arms, random, 0) : [];
  for (const arm of warmup) {
    add(BLOCK_SEGMENTS.warmup, arm, plan.warmupSeconds / arms.length);
    block++;
  }
  for (const order of blockOrders(arms, seed, rounds, warmup.at(-1))) {
    for (const arm of order) {
      add(BLOCK_SEGMENTS.washout, arm, washoutSeconds);
      add(BLOCK_SEGMENTS.steady, arm, blockSeconds - washoutSeconds);
      block++;
    }
  }
  return phases;
}

/**
 * The run's phases after it ended early: later phases never were, the current one ends there.
 * @param endUs when the run ended, µs from its start.
 */
export function truncatePhases(phases: readonly Phase[], endUs: number): Phase[] {
  return phases
    .filter((phase) => phase.startUs < endUs)
    .map((phase) => phase.endUs <= endUs ? phase : { ...phase, endUs });
}
