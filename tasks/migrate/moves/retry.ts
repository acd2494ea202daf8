import { withDecimals } from "../../model/units.ts";
import { sleep } from "../../net/sleep.ts";
import { isPassing, StepFailure } from "../step_failure.ts";
import type { StepSession } from "../step_session.ts";

const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 2_000;
/** Besides the session's patience: so often something is tried. */
const TRIES = 100;

/** Between one try and the next, ms: growing, and jittered so that it does not beat in time with what holds the lock. */
export function retryPauseMs(tries: number, random: () => number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), MOST_PAUSE_MS) * (0.5 + random());
}

/**
 * Tries something again while it fails for what passes, as long as the session has patience. The last try is like all
 * before it.
 * @param attempt throws a `StepFailure`, or what the server says
 * @throws {StepFailure} the last one, with the number of tries and who held the lock; at once what does not pass
 */
export async function retried(
  session: StepSession,
  attempt: () => Promise<void>,
  passes: (error: unknown) => boolean = isPassing,
): Promise<void> {
  const beganMs = performance.now();
  session.holders.forget();
  for (let tries = 1;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const { cause, index } = error instanceof StepFailure ? error : { cause: error, index: 0 };
      if (session.signal.aborted || !passes(cause)) throw error;
      const pauseMs = retryPauseMs(tries, session.random);
      const passedMs = performance.now() - beganMs;
      if (tries >= TRIES || passedMs + pauseMs > session.lockPatienceMs) {
        await session.holders.settled();
        throw new StepFailure(index, cause, whyText(tries, passedMs, session.holders.seen()));
      }
      await sleep(pauseMs, session.signal).catch(() => {
        throw error;
      });
    }
  }
}

function whyText(tries: number, passedMs: number, holder: string | null): string {
  const times = tries === 1 ? "once" : `${tries} times`;
  return `tried ${times} in ${withDecimals(passedMs / 1000, 1)} s; ${
    holder ?? "who held it up was not seen"
  }`;
}
