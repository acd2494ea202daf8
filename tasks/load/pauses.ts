import type { Phase } from "../model/run.ts";

const PAUSE = "pause";

/**
 * Phases of blocks with pauses after some rounds, in which the load goes on as in the block before and is not measured:
 * what is done then disturbs no measured block, and the next one meets the system as it would have.
 * @param rounds after which there is a pause, from 1
 */
export function withPauses(phases: readonly Phase[], rounds: readonly number[], seconds: number): Phase[] {
  const pauseUs = Math.round(seconds * 1e6);
  const made: Phase[] = [];
  let laterUs = 0;
  const add = (phase: Phase) => made.push({ ...phase, phaseId: made.length });
  for (const [phase, round] of withRounds(phases)) {
    const endUs = phase.endUs + laterUs;
    add({ ...phase, startUs: phase.startUs + laterUs, endUs });
    if (!phase.measured || !rounds.includes(round)) continue;
    add({ ...phase, segment: PAUSE, measured: false, startUs: endUs, endUs: endUs + pauseUs });
    laterUs += pauseUs;
  }
  return made;
}

/** A pause of a run. */
export interface SchedulePause {
  readonly phase: Phase;
  /** So many rounds were measured before it. */
  readonly rounds: number;
}

/** The pauses of a run, in order. */
export function pausesOf(phases: readonly Phase[]): SchedulePause[] {
  return withRounds(phases).filter(([{ segment }]) => segment === PAUSE)
    .map(([phase, rounds]) => ({ phase, rounds }));
}

/** Each with how many rounds are over when it ends: a fraction within one. */
function withRounds(phases: readonly Phase[]): [Phase, number][] {
  const arms = new Set(phases.map(({ arm }) => arm)).size;
  let blocks = 0;
  return phases.map((phase) => [phase, (blocks += Number(phase.measured)) / arms]);
}
