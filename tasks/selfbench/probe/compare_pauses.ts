import type { Pause } from "../../model/probe.ts";
import type { MadePause } from "./probe_proxy.ts";

/** A pause as it was made, and as it was reported, in one clock, ms. */
export interface ComparedPause {
  /** As long as it was meant to be. */
  readonly askedMs: number;
  /** How long clients had no answer by what the proxy saw, at most. */
  readonly madeMs: number;
  /** As it was reported; null: it was not. */
  readonly toldMs: number | null;
  /** What of it is certainly not time in which the load generator was late. */
  readonly leastMs: number | null;
  /** How far that is from what the proxy saw; infinite where it was not reported. */
  readonly errorMs: number;
  /** How far from the time in which the proxy forwarded nothing. */
  readonly closedErrorMs: number;
}

/** @param originMs where the clock of `pauses` begins in that of `made` */
export function comparePauses(
  made: readonly { readonly askedMs: number; readonly made: MadePause }[],
  pauses: readonly Pause[],
  originMs: number,
): ComparedPause[] {
  const told = pauses.filter(({ path, kind }) => path === null && kind === "all");
  return made.map(({ askedMs, made }) => {
    const middleUs = 1000 * ((made.fromMs + made.untilMs) / 2 - originMs);
    const found = told.find(({ fromUs, untilUs }) => fromUs <= middleUs && middleUs <= untilUs);
    const toldMs = found === undefined ? null : (found.untilUs - found.fromUs) / 1000;
    return {
      askedMs,
      madeMs: made.firstAnswer.byMs - made.lastAnswer.afterMs,
      toldMs,
      leastMs: found?.leastMs ?? null,
      errorMs: toldMs === null ? Infinity : errorOf(made, toldMs),
      closedErrorMs: toldMs === null ? Infinity : Math.abs(toldMs - (made.untilMs - made.fromMs)),
    };
  });
}

/** Both answers were handed on within a time of the proxy's: what lies between the shortest and the longest is no error. */
function errorOf({ lastAnswer, firstAnswer }: MadePause, toldMs: number): number {
  return Math.max(
    0,
    firstAnswer.afterMs - lastAnswer.byMs - toldMs,
    toldMs - (firstAnswer.byMs - lastAnswer.afterMs),
  );
}
