import { Wake } from "../load/wake.ts";
import type { Calibration, Spread } from "../model/calibration.ts";
import { quantile } from "../stats/quantile.ts";

const ROUNDS = 5;
const READINGS = 100_000;
const SLEEPS = 250;
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

/** By how much the sleep that a metronome sleeps between slots is too long. Blocks the thread for a third of a second. */
export function measureTimer(nowUs: () => number): Spread {
  const wake = new Wake(Wake.memory());
  const late = Array.from({ length: SLEEPS }, (_, index) => {
    const us = SHORTEST_SLEEP_US + (LONGEST_SLEEP_US - SHORTEST_SLEEP_US) * ((index * 0.618034) % 1);
    const dueUs = nowUs() + us;
    wake.sleep(Infinity, us / 1000);
    return Math.max(0, nowUs() - dueUs);
  });
  return spreadOf(late);
}

function spreadOf(values: readonly number[]): Spread {
  const ascending = values.toSorted((a, b) => a - b);
  return { p50Us: quantile(ascending, 0.5)!, p99Us: quantile(ascending, 0.99)! };
}
