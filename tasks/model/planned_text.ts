import { formatHours, listed, significant } from "./units.ts";

/** How long a run must be to show a change in one respect. */
export interface PlannedLength {
  /** Null: all operations together. */
  readonly operation: string | null;
  /** Pairs of blocks, or of groups of neighbouring ones; null: too little was measured to tell. */
  readonly pairs: number | null;
  /** Measured time over all arms; null: too little was measured to tell. */
  readonly seconds: number | null;
}

/** A run that takes longer is no plan. */
export const LONGEST_PLAN_SECONDS = 24 * 3600;
const DAY = 24 * 3600;

/** `3.1 days`, from two on; else `26 hours`, `90 min`, `45 s`. */
export function plannedTime(seconds: number): string {
  return seconds < 2 * DAY ? formatHours(Math.ceil(seconds)) : `${significant(seconds / DAY, 2)} days`;
}

/**
 * How long a run must be to show a change, and why, as sentences. What would take longer than a day is said to, with the
 * change that a day would show: it shrinks by the root of the time.
 * @param ratio above 1
 */
export function plannedText(planned: readonly PlannedLength[], ratio: number): string {
  const change = changeText(ratio);
  // Of several candidates each has the same operations.
  const unknown = [...new Set(planned.filter(({ seconds }) => seconds === null).map(nameOf))];
  if (unknown.length > 0 || planned.length === 0) {
    const what = unknown.length === 0 ? "anything" : listed(unknown);
    return `Too little was measured of ${what} to plan for ${change}: measure for longer first.`;
  }
  const longest = planned.reduce((a, b) => b.seconds! > a.seconds! ? b : a);
  const whole = planned.find(({ operation }) => operation === null);
  const over = whole === undefined || whole === longest
    ? ""
    : ` Over all operations together ${plannedTime(whole.seconds!)} would show it.`;
  const text = `With the noise that was measured, nine of ten runs of ${
    plannedTime(longest.seconds!)
  } show ${change} in each operation's median; ${nameOf(longest)} takes that long.${over}`;
  if (longest.seconds! <= LONGEST_PLAN_SECONDS) return text;
  const within = Math.exp(Math.log(ratio) * Math.sqrt(longest.seconds! / LONGEST_PLAN_SECONDS));
  return `${text} A day would show ${
    changeText(within)
  }. Plan for a larger change, or make less noise: a quieter ` +
    "machine, a higher rate.";
}

function nameOf({ operation }: PlannedLength): string {
  return operation ?? "all operations together";
}

function changeText(ratio: number): string {
  return `${significant((ratio - 1) * 100, 2)} %`;
}
