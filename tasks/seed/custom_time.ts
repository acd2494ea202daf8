const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(0\d|1[0-5])(?::?([0-5]\d))?)?)?$/;

/** The years 1 to 9999, which need neither a sign nor an era. */
const FIRST_MS = -62_135_596_800_000;
const END_MS = 253_402_300_800_000;

/** A calendar day, `YYYY-MM-DD`, from such a text or from the day that a Date has in UTC. */
export function dayText(value: unknown): string | undefined {
  if (value instanceof Date) return within(value.getTime()) ? value.toISOString().slice(0, 10) : undefined;
  return typeof value === "string" && DAY.test(value) && midnight(value) !== undefined ? value : undefined;
}

/**
 * A moment as PostgreSQL prints it in UTC, without the zone, from a Date or an ISO 8601 text. A text without a
 * zone is in UTC, and one without a time is midnight.
 * @param digits of a second's fraction that are kept, 0 to 6; ties go up
 */
export function momentText(value: unknown, digits: number): string | undefined {
  const moment = value instanceof Date
    ? { ms: Math.floor(value.getTime() / 1000) * 1000, us: (value.getTime() % 1000 + 1000) % 1000 * 1000 }
    : typeof value === "string"
    ? parse(value)
    : undefined;
  if (moment === undefined) return undefined;
  const unit = 10 ** (6 - digits);
  const rounded = Math.round(moment.us / unit) * unit;
  const carried = rounded === 1e6;
  const ms = moment.ms + (carried ? 1000 : 0);
  if (!within(ms)) return undefined;
  const text = new Date(ms).toISOString();
  const fraction = carried || rounded === 0 ? "" : `.${String(rounded).padStart(6, "0").replace(/0+$/, "")}`;
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction}`;
}

/** A whole second, in milliseconds since 1970, and the microseconds after it. */
function parse(text: string): { ms: number; us: number } | undefined {
  const match = TIME.exec(text);
  const start = match ? midnight(match[1]!) : undefined;
  if (!match || start === undefined) return undefined;
  const [, , hour = "0", minute = "0", second = "0", fraction = "", sign, zoneHour = "0", zoneMinute = "0"] =
    match;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "-" ? -1 : 1);
  const seconds = (Number(hour) * 60 + Number(minute) - zone) * 60 + Number(second);
  return { ms: start + seconds * 1000, us: Number(fraction.padEnd(6, "0")) };
}

/** Milliseconds since 1970 at which a day begins; undefined for a day that no month has. */
function midnight(day: string): number | undefined {
  const ms = Date.parse(`${day}T00:00:00Z`);
  // The 30th of February would pass as the 2nd of March.
  return within(ms) && new Date(ms).toISOString().startsWith(day) ? ms : undefined;
}

function within(ms: number): boolean {
  return ms >= FIRST_MS && ms < END_MS;
}
