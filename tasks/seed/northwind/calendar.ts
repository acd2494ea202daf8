import { type Distributions, FIRST_DAY } from "./distributions.ts";
import { DAYS } from "./keys.ts";

const MS_PER_DAY = 86_400_000;

/** Entries of the guide: two a day, so that a search ends after a step or two. */
const GUIDE = 4096;

/** When orders are placed, in days from FIRST_DAY. */
export interface Calendar {
  /**
   * The day by which a share of all orders was placed, as a function of that share in [0, 1). It is monotone:
   * orders are numbered in the order of their dates, and any of them is dated without the others.
   */
  dayOf(share: number): number;
  /** The share of all orders that a day has; all of them sum to one. */
  readonly shares: Float64Array;
}

export function calendar(distributions: Distributions): Calendar {
  const weekday = distributions["orders.weekday"];
  const swing = distributions["orders.seasonSwing"];
  const peak = distributions["orders.peakDay"];
  const [begin, end] = distributions["orders.growth"] as readonly [number, number];
  const first = Date.parse(FIRST_DAY);
  const shares = Float64Array.from({ length: DAYS }, (_, day) => {
    const date = new Date(first + day * MS_PER_DAY);
    const dayOfYear = (date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / MS_PER_DAY;
    const season = 1 + swing * Math.cos(2 * Math.PI * (dayOfYear - peak) / 365.25);
    const growth = begin + (end - begin) * day / DAYS;
    return weekday[date.getUTCDay()]! * season * growth;
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  const until = new Float64Array(DAYS + 1);
  for (let day = 0; day < DAYS; day++) {
    shares[day]! /= total;
    until[day + 1] = until[day]! + shares[day]!;
  }
  // What rounding leaves above the last day with orders is its own.
  const last = shares.findLastIndex((share) => share > 0);
  until[last + 1] = 1;

  // Chen and Asau's guide: where the search for a share begins.
  const guide = new Int32Array(GUIDE);
  for (let step = 0, day = 0; step < GUIDE; step++) {
    while (until[day + 1]! <= step / GUIDE) day++;
    guide[step] = day;
  }
  return {
    shares,
    dayOf(share) {
      let day = guide[share * GUIDE | 0]!;
      while (until[day + 1]! <= share) day++;
      return day;
    },
  };
}
