import { counter } from "../random/counter.ts";

export interface ArrivalPlan {
  readonly kind: "poisson" | "constant";
  /** Requests a second over all arms and workers. */
  readonly ratePerSecond: number;
  readonly seed: number;
  readonly endUs: number;
}

/**
 * Intended times of an open loop, a pure function of the seed: asking it again, in another worker, gives
 * the same times. Constant arrivals are slot × period, so that rounding never adds up; Poisson arrivals
 * are the running sum of exponential gaps (inverse transform).
 */
export interface Arrivals {
  /** The next slot's number, from 0. */
  readonly slot: number;
  /** The next slot's intended time, µs from the run's start; Infinity when the run is over. */
  readonly atUs: number;
  /** Moves on to the following slot. */
  next(): void;
}

export function arrivals(plan: ArrivalPlan): Arrivals {
  const periodUs = 1e6 / plan.ratePerSecond;
  const random = counter(plan.seed, "arrivals");
  const gap = (slot: number) => -Math.log1p(-random.float(slot, 0)) * periodUs;
  const timeOf = (slot: number, previousUs: number) =>
    plan.kind === "constant" ? slot * periodUs : previousUs + gap(slot);
  const bounded = (atUs: number) => atUs < plan.endUs ? atUs : Infinity;
  let slot = 0;
  let rawUs = timeOf(0, 0);
  return {
    get slot() {
      return slot;
    },
    get atUs() {
      return bounded(rawUs);
    },
    next() {
      slot++;
      rawUs = timeOf(slot, rawUs);
    },
  };
}

/** The arrivals of one worker: slots are dealt round robin. */
export function stripe(all: Arrivals, worker: number, workers: number): Arrivals {
  const skip = () => {
    while (all.slot % workers !== worker && all.atUs !== Infinity) all.next();
  };
  skip();
  return {
    get slot() {
      return all.slot;
    },
    get atUs() {
      return all.atUs;
    },
    next() {
      all.next();
      skip();
    },
  };
}
