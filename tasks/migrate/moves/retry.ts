import { sleep } from "../../net/sleep.ts";
import { isPassing, StepFailure } from "../step_failure.ts";
import type { StepSession } from "../step_session.ts";

const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 2_000;

/** Between one try and the next, ms: growing, and jittered so that it does not beat in time with what holds the lock. */
export function retryPauseMs(tries: number, random: () => number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), MOST_PAUSE_MS) * (0.5 + random());
}

/** How long something is tried. */
export interface RetryLimits {
  readonly tries: number;
  readonly totalMs: number;
}

/**
 * Tries something again while it fails for what passes. The last try is like all before it.
 * @param attempt throws a `StepFailure`
 * @throws {StepFailure} the last one, with the number of tries and who held the lock
 */
export async function retried(
  session: StepSession,
  limits: RetryLimits,
  attempt: () => Promise<void>,
): Promise<void> {
  const beganMs = performance.now();
  session.holders.forget();
  for (let tries = 1;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StepFailure) || session.signal.aborted || !isPassing(error.cause)) throw error;
      const pauseMs = retryPauseMs(tries, session.random);
      const passedMs = performance.now() - beganMs;
      if (tries >= limits.tries || passedMs + pauseMs > limits.totalMs) {
        throw new StepFailure(error.index, error.cause, whyText(tries, passedMs, session.holders.seen()));
      }
      await sleep(pauseMs, session.signal);
    }
  }
}

function whyText(tries: number, passedMs: number, holder: string | null): string {
  const times = tries === 1 ? "once" : `${tries} times in ${(passedMs / 1000).toFixed(1)} s`;
  return `it was tried ${times}; ${holder ?? "who held it up was not seen"}`;
}
