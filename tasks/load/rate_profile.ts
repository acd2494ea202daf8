import type { Stage } from "../model/stages.ts";

/** How the rate of an open loop goes over time. Times are µs from the run's start, rates requests a second. */
export interface RateProfile {
  /** When the last stage ends. */
  readonly endUs: number;
  /** The rate at a moment; where it jumps, the one after the jump. 0 outside of the stages. */
  rateAt(us: number): number;
  /** The integral of the rate: how many requests are expected before a moment. Grows, or stays, with it. */
  expectedUntil(us: number): number;
  /**
   * The inverse of `expectedUntil`: the last moment before which no more than `count` requests are expected;
   * so none falls into a time at rate 0, but on its end. Infinity when the stages end before that.
   * @param count 0 or more, need not be whole
   */
  timeOf(count: number): number;
}

/** The largest double below a positive one is this part of it. */
const JUST_BELOW = 1 - Number.EPSILON / 2;
/** Relative: what the rounding of some hundred additions stays below. */
const ROUNDING = 1e-13;

/**
 * Stages as a function of time and its inverse. Stages begin and end on whole microseconds, as phases do.
 *
 * Within a stage that begins at rate r and rises by s each second, x seconds expect m = rx + sx²/2 requests.
 * The schoolbook's root x = (√(r² + 2sm) − r) / s loses its digits where s is small and has none at s = 0.
 * Written as x = 2m / (r + √(r² + 2sm)) it adds where that one subtracts, and holds for rates that rise, fall
 * or stay alike (W. H. Press and others, "Numerical Recipes", section 5.6). The root is the rate after x
 * seconds: where that nears 0, a last digit of the count is long in time, whatever the formula.
 *
 * What is expected before each stage is counted once, and a slot's time is reckoned from its stage's begin:
 * nothing adds up over slots.
 *
 * @param stages as `checkStages` accepts them
 * @param startRate requests a second from which a first ramp begins
 * @throws {RangeError} when a duration or rate is negative or not finite.
 */
export function rateProfile(stages: readonly Stage[], startRate = 0): RateProfile {
  const size = stages.length;
  const startUs = new Float64Array(size + 1);
  const before = new Float64Array(size + 1);
  const from = new Float64Array(size);
  const slope = new Float64Array(size);
  let seconds = 0;
  let rate = checked(startRate, "start rate");
  for (const [index, stage] of stages.entries()) {
    seconds += checked(stage.duration, `duration of stage ${index}`);
    const to = checked(stage.rate, `rate of stage ${index}`);
    from[index] = stage.shape === "step" ? to : rate;
    startUs[index + 1] = Math.round(seconds * 1e6);
    const lasts = (startUs[index + 1]! - startUs[index]!) / 1e6;
    // Of a stage of no length it is no number; but no moment and no count lies in such a stage.
    slope[index] = (to - from[index]!) / lasts;
    before[index + 1] = wholeIfNear(before[index]! + (from[index]! + to) / 2 * lasts);
    rate = to;
  }
  const endUs = startUs[size]!;
  const total = before[size]!;

  return {
    endUs,
    rateAt(us) {
      if (!(us >= 0 && us < endUs)) return 0;
      const stage = lastAtMost(startUs, us);
      return Math.max(0, from[stage]! + slope[stage]! * (us - startUs[stage]!) / 1e6);
    },
    expectedUntil(us) {
      if (!(us > 0)) return 0;
      if (us >= endUs) return total;
      const stage = lastAtMost(startUs, us);
      const sinceUs = us - startUs[stage]!;
      const expected = (from[stage]! + slope[stage]! * sinceUs / 2e6) * sinceUs / 1e6;
      return Math.min(before[stage]! + expected, before[stage + 1]!);
    },
    timeOf(count) {
      if (count >= total) return Infinity;
      const stage = lastAtMost(before, count);
      const rate = from[stage]!;
      const since = count - before[stage]!;
      const root = Math.sqrt(Math.max(0, rate * rate + 2 * slope[stage]! * since));
      const sinceUs = rate + root > 0 ? 2e6 * since / (rate + root) : 0;
      // Rounding must not carry a slot over its stage's end: a stage holds what its integral says.
      return Math.min(startUs[stage]! + sinceUs, startUs[stage + 1]! * JUST_BELOW);
    },
  };
}

/** 8.3/s for 30 s are 249 requests; in binary they are 249.00000000000003, and a 250th slot would fall. */
function wholeIfNear(count: number): number {
  const whole = Math.round(count);
  return Math.abs(count - whole) <= ROUNDING * count ? whole : count;
}

/** The last index whose value is at most `wanted`; values rise or stay, and the first is at most `wanted`. */
function lastAtMost(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

function checked(value: number, what: string): number {
  if (!(value >= 0 && value < Infinity)) {
    throw new RangeError(`The ${what} must be finite and not negative: it is ${value}`);
  }
  return value;
}
