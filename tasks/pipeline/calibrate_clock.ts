import type { EventLoop } from "../net/event_loop.ts";
import type { Calibration, DelayQuantiles } from "../model/calibration.ts";
import { quantile } from "../stats/quantile.ts";

const ROUNDS = 5;
const READINGS = 100_000;
/** As many as a p99 takes to be estimable. */
const SLEEPS = 400;
/** As long as the slots of a load of some thousand requests a second lie apart, and uneven as they are. */
const SHORTEST_SLEEP_US = 300;
const LONGEST_SLEEP_US = 2000;

/** The smallest step of a clock and the cost of reading it. */
export function measureClock(nowUs: () => number): Calibration["clock"] {
  let resolutionUs = Infinity;
  let readUs = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const startUs = nowUs();
    let lastUs = startUs;
    for (let reading = 0; reading < READINGS; reading++) {
      const now = nowUs();
      if (now > lastUs && now - lastUs < resolutionUs) resolutionUs = now - lastUs;
      lastUs = now;
    }
    // The quickest round is the clock's; the others were interrupted.
    readUs = Math.min(readUs, (lastUs - startUs) / READINGS);
  }
  return { resolutionUs, readUs };
}

/** By how much later than asked for a generator's loop wakes it. Takes half a second. */
export function measureTimer(loop: EventLoop, nowUs: () => number): Promise<DelayQuantiles> {
  const late: number[] = [];
  const nextUs = () => {
    const share = (late.length * 0.618034) % 1;
    return nowUs() + SHORTEST_SLEEP_US + (LONGEST_SLEEP_US - SHORTEST_SLEEP_US) * share;
  };
  return new Promise((resolve) => {
    let dueUs = nextUs();
    loop.onTurn = () => {
      const now = nowUs();
      if (now < dueUs) return;
      late.push(now - dueUs);
      if (late.length === SLEEPS) {
        loop.onTurn = () => {};
        loop.wakeAt(Infinity);
        return resolve(quantilesOf(late));
      }
      dueUs = nextUs();
      loop.wakeAt(dueUs);
    };
    loop.wakeAt(dueUs);
  });
}

function quantilesOf(values: readonly number[]): DelayQuantiles {
  const ascending = values.toSorted((a, b) => a - b);
  return { p50Us: quantile(ascending, 0.5)!, p99Us: quantile(ascending, 0.99)! };
}
