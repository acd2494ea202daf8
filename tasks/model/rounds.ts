/** A day's run has so many pairs of blocks and is served well by them; each thread holds all phases. */
const MOST_ROUNDS = 10_000;
/** Blocks are made longer or shorter by up to this share of their length for whole cycles of balanced rounds. */
const FITTED = 0.1;

/** What decides about the number of rounds. */
export interface RoundsPlan {
  /** How many arms take turns. */
  readonly arms: number;
  /** Measured time over all arms. */
  readonly durationSeconds: number;
  /** Wished length of a block. */
  readonly blockSeconds: number;
}

/**
 * How many rounds it takes until every arm stood in every place, and right after every other arm, equally often:
 * as many as there are arms, twice as many where that number is odd (Williams, "Experimental designs balanced for
 * the estimation of residual effects of treatments", 1949).
 */
export function cycleOf(arms: number): number {
  return arms < 2 ? 1 : arms % 2 === 0 ? arms : 2 * arms;
}

/**
 * How many rounds fill a duration with blocks of about the wished length, longer ones where they would be more than ten
 * thousand: whole cycles of balanced orders where that changes a block by a tenth at most.
 */
export function roundsOf({ arms, durationSeconds, blockSeconds }: RoundsPlan): number {
  const wished = Math.round(durationSeconds / (blockSeconds * arms));
  const rounds = Math.min(MOST_ROUNDS, Math.max(1, wished));
  const cycle = cycleOf(arms);
  const whole = Math.round(rounds / cycle) * cycle;
  return whole > 0 && Math.abs(whole / rounds - 1) <= FITTED ? whole : rounds;
}

/** The least whole number of seconds that hold so many rounds. */
export function secondsFor(rounds: number, plan: Omit<RoundsPlan, "durationSeconds">): number {
  let seconds = 1;
  while (roundsOf({ ...plan, durationSeconds: seconds }) < rounds) seconds++;
  return seconds;
}
