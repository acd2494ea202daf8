import { type Distributions, YEAR } from "./distributions.ts";

const MS_PER_HOUR = 3_600_000;

/** The seeded year in milliseconds since 1970, and its end. */
export const YEAR_START = Date.UTC(YEAR, 0, 1);
export const YEAR_END = Date.UTC(YEAR + 1, 0, 1);
const HOURS = (YEAR_END - YEAR_START) / MS_PER_HOUR;

/** When the year's traffic happens. */
export interface Calendar {
  /** The millisecond since 1970 by which a share in [0, 1) of all events has happened; monotone. */
  at(share: number): number;
  /** The share of events in the hours that `belongs` chooses by their first moment. */
  share(belongs: (hour: Date) => boolean): number;
}

/** Traffic by the hour: weekday × hour of the day × steady growth. */
export function calendar(distributions: Distributions): Calendar {
  const weekday = distributions["events.weekday"];
  const hourOfDay = distributions["events.hour"];
  const growth = distributions["events.growth"];
  const dateOf = (hour: number) => new Date(YEAR_START + hour * MS_PER_HOUR);
  const until = new Float64Array(HOURS + 1);
  for (let hour = 0; hour < HOURS; hour++) {
    const level = 1 + (growth - 1) * (hour + 0.5) / HOURS;
    until[hour + 1] = until[hour]! + weekday[dateOf(hour).getUTCDay()]! * hourOfDay[hour % 24]! * level;
  }
  const total = until[HOURS]!;

  // Events are mostly written in the order of time: the hour of the last one is tried first.
  let hour = 0;
  function find(wanted: number): void {
    let low = 0;
    let high = HOURS - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (until[middle]! <= wanted) low = middle;
      else high = middle - 1;
    }
    hour = low;
  }

  return {
    at(share) {
      const wanted = share * total;
      if (!(until[hour]! <= wanted && wanted < until[hour + 1]!)) find(wanted);
      const within = (wanted - until[hour]!) / (until[hour + 1]! - until[hour]!) * MS_PER_HOUR;
      // Rounding may reach the hour's end, which belongs to the next one.
      return YEAR_START + hour * MS_PER_HOUR + (within < MS_PER_HOUR ? within | 0 : MS_PER_HOUR - 1);
    },
    share(belongs) {
      let sum = 0;
      for (let at = 0; at < HOURS; at++) if (belongs(dateOf(at))) sum += until[at + 1]! - until[at]!;
      return sum / total;
    },
  };
}
