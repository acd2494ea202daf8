import { FIRST_DAY, ORDERS } from "./distributions.ts";
import { DAYS } from "./keys.ts";

const MS_PER_DAY = 86_400_000;

/**
 * The day (from FIRST_DAY) by which a share of all orders was placed, as a function of that share in [0, 1).
 * It is monotone: orders numbered in the order of their dates, and any of them dated without the others.
 */
export function calendar(): (share: number) => number {
  const first = Date.parse(FIRST_DAY);
  const until = new Float64Array(DAYS + 1);
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(first + day * MS_PER_DAY);
    const dayOfYear = (date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / MS_PER_DAY;
    const season = 1 + ORDERS.seasonSwing * Math.cos(2 * Math.PI * (dayOfYear - ORDERS.peakDay) / 365.25);
    const growth = ORDERS.growth[0] + (ORDERS.growth[1] - ORDERS.growth[0]) * day / DAYS;
    until[day + 1] = until[day]! + ORDERS.weekday[date.getUTCDay()]! * season * growth;
  }
  const total = until[DAYS]!;
  return (share) => {
    const wanted = share * total;
    let low = 0;
    let high = DAYS - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (until[middle]! <= wanted) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}
