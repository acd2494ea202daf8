import type { Stage } from "../model/stages.ts";
import { type Counter, counter } from "../random/counter.ts";
import { exponential } from "../random/distributions.ts";
import { type RateProfile, rateProfile } from "./rate_profile.ts";

interface Process {
  readonly kind: "poisson" | "constant";
  readonly seed: number;
  /** Nothing is due from then on, µs from the run's start. */
  readonly endUs: number;
  /** Whose arrivals these are: streams of other names draw others. A run of one stream needs no name. */
  readonly stream?: string;
}

/** Arrivals at one rate. */
export interface SteadyPlan extends Process {
  /** Requests a second over all arms and workers. */
  readonly ratePerSecond: number;
}

/** Arrivals at a rate that goes in stages; none after the last of them. */
export interface StagedPlan extends Process {
  /** Their rates are requests a second over all arms and workers. */
  readonly stages: readonly Stage[];
  /** Requests a second from which a first ramp begins; 0 unless given. */
  readonly startRate?: number;
}

/** Which slots are due when. Plain data: generators get it by message. */
export type ArrivalPlan = SteadyPlan | StagedPlan;

/**
 * Intended times of an open loop, a pure function of the seed: asking it again, in another worker, gives
 * the same times.
 *
 * Both kinds are an even process of rate one that is carried over to the rate wanted. Let Λ(t) be the requests
 * expected until t, the integral of the rate: Λ takes arrivals at that rate to arrivals at rate one, and Λ⁻¹
 * takes them back. Constant arrivals are Λ⁻¹(slot), so that rounding never adds up. Poisson arrivals are Λ⁻¹ of
 * the running sum of unit exponential gaps; counts of disjoint windows are then independent, and Poisson with
 * the integral over the window as their mean. The theorem is in E. Çinlar, "Introduction to Stochastic
 * Processes", Prentice-Hall, 1975, chapter 4; inversion for rates made of straight lines in R. W. Klein and
 * S. D. Roberts, "A time-varying Poisson arrival process generator", Simulation 43(4), 1984.
 *
 * Thinning (P. A. W. Lewis and G. S. Shedler, "Simulation of nonhomogeneous Poisson processes by thinning",
 * Naval Research Logistics Quarterly 26(3), 1979) draws at the highest rate and keeps each point with the
 * probability rate / highest rate. It is for integrals that are hard to invert. Ours is easy, and beside a spike
 * thinning would drop nearly all that it draws. Exponential gaps at the rate of the moment, gap / rate(t),
 * tempt and are wrong: one long gap drawn at a low rate leaps over the spike that follows.
 */
export interface Arrivals {
  /** The next slot's number, from 0. */
  readonly slot: number;
  /** The next slot's intended time, µs from the run's start; Infinity when the run is over. */
  readonly atUs: number;
  /** Moves on to the following slot. */
  next(): void;
  /** Nothing is due from then on, µs from the run's start; only ever earlier than before. */
  endAt(endUs: number): void;
}

/** The plan's arrivals, from the first on: one object that moves, so that a slot makes none. */
export function arrivals(plan: ArrivalPlan): Arrivals {
  return new Cursor(plan);
}

class Cursor implements Arrivals {
  slot = 0;
  atUs = 0;
  readonly #constant: boolean;
  #endUs: number;
  readonly #profile: RateProfile;
  readonly #random: Counter;
  #gaps = 0;
  #excess = 0;

  constructor(plan: ArrivalPlan) {
    this.#constant = plan.kind === "constant";
    this.#endUs = plan.endUs;
    this.#profile = profileOf(plan);
    // The colon keeps streams' names apart from those of other uses of the seed.
    this.#random = counter(plan.seed, plan.stream === undefined ? "arrivals" : `arrivals:${plan.stream}`);
    this.#aim();
  }

  next(): void {
    this.slot++;
    this.#aim();
  }

  endAt(endUs: number): void {
    this.#endUs = endUs;
    if (this.atUs >= endUs) this.atUs = Infinity;
  }

  #aim(): void {
    if (!this.#constant) this.#add(exponential(this.#random.float(this.slot, 0), 1));
    const dueUs = this.#profile.timeOf(this.#constant ? this.slot : this.#gaps);
    // Of two sums that are all but equal, rounding may give the later one the earlier time by a last digit.
    this.atUs = Math.max(this.atUs, dueUs < this.#endUs ? dueUs : Infinity);
  }

  /**
   * Kahan's sum: however many gaps there are, its error stays within 2⁻⁵² of it (N. J. Higham, "The accuracy of
   * floating point summation", SIAM Journal on Scientific Computing 14(4), 1993). After ten million slots that
   * is 2.2e-9 of a slot, at 1,000/s 2.2e-6 µs; a plain sum's bound grows with the square, to 11 µs.
   */
  #add(gap: number): void {
    const rest = gap - this.#excess;
    const sum = this.#gaps + rest;
    this.#excess = sum - this.#gaps - rest;
    this.#gaps = sum;
  }
}

function profileOf(plan: ArrivalPlan): RateProfile {
  if ("stages" in plan) return rateProfile(plan.stages, plan.startRate);
  return rateProfile([{ duration: Math.ceil(plan.endUs) / 1e6, rate: plan.ratePerSecond, shape: "step" }]);
}

/** The arrivals of one worker: slots are dealt round robin. */
export function stripe(all: Arrivals, worker: number, workers: number): Arrivals {
  return new Stripe(all, worker, workers);
}

class Stripe implements Arrivals {
  readonly #all: Arrivals;
  readonly #worker: number;
  readonly #workers: number;

  constructor(all: Arrivals, worker: number, workers: number) {
    this.#all = all;
    this.#worker = worker;
    this.#workers = workers;
    this.#skip();
  }

  get slot(): number {
    return this.#all.slot;
  }

  get atUs(): number {
    return this.#all.atUs;
  }

  next(): void {
    this.#all.next();
    this.#skip();
  }

  endAt(endUs: number): void {
    this.#all.endAt(endUs);
  }

  #skip(): void {
    const all = this.#all;
    while (all.slot % this.#workers !== this.#worker && all.atUs !== Infinity) all.next();
  }
}
