import { UsageError } from "./errors.ts";

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/**
 * Parses a duration such as `500us`, `250ms`, `30s`, `1.5m`, `1m30s`.
 * @returns seconds, more than 0.
 * @throws {UsageError} when it is malformed or not positive.
 */
export function parseDuration(text: string, what = "duration"): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|s|m|h)/g)];
  const whole = parts.map((part) => part[0]).join("");
  const seconds = parts.reduce((sum, part) => sum + Number(part[1]) * SECONDS[part[2]!]!, 0);
  if (whole !== text || parts.length === 0 || !(seconds > 0)) {
    const unit = /^\d+(\.\d+)?$/.test(text) ? `the unit is missing` : `it is "${text}"`;
    throw new UsageError(
      `Cannot read the ${what} "${text}" as a positive number with a unit: ${unit}`,
      `Write it like "30s", "250ms" or "1m30s".`,
    );
  }
  return seconds;
}

/** Seconds as people write them: `4 s`, `1 min 30 s`, `250 ms`. */
export function formatSeconds(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${significant(seconds * 1000, 3)} ms`;
  if (seconds < 60) return `${significant(seconds, 3)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds - minutes * 60);
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** A moment of a run to the millisecond: `12.345 s`. @param us from the run's start */
export function secondsAt(us: number): string {
  return `${withDecimals(us / 1e6, 3)} s`;
}

/** A long time in hours, to two digits, and a shorter one to the second: `2.8 hours`, `90 min`. */
export function formatHours(seconds: number): string {
  if (seconds < 7200) return formatSeconds(Math.round(seconds));
  const hours = seconds / 3600;
  return `${hours < 100 ? significant(hours, 2) : formatCount(Number(hours.toPrecision(2)))} hours`;
}

/** Decimals of a millisecond that are shown: requests are timed in whole microseconds. */
export const MS_DECIMALS = 3;

/**
 * Milliseconds with three significant digits, to a microsecond, and the unit that fits: `0.418 ms`, `12.3 ms`,
 * `1.24 s`.
 */
export function formatMs(ms: number | null): string {
  if (ms === null) return "—";
  if (!Number.isFinite(ms)) return "∞";
  return ms >= 1000 ? `${significant(ms / 1000, 3)} s` : `${significant(ms, 3, MS_DECIMALS)} ms`;
}

/**
 * Milliseconds as `formatMs` writes them, but with trailing zeros (`23.0 ms`), so that the numbers of a column
 * have the precision of their neighbours.
 */
export function measuredMs(ms: number | null): string {
  if (ms === null) return "—";
  if (!Number.isFinite(ms)) return "∞";
  return ms >= 999.5 ? `${fixed(ms / 1000, 3)} s` : `${fixed(ms, 3, MS_DECIMALS)} ms`;
}

/** A difference of milliseconds, with its sign: `+1.24 s`, `−0.3 ms`, `0 ms`. */
export function signedMs(ms: number | null): string {
  if (ms === null || ms === 0) return formatMs(ms);
  return `${ms < 0 ? "−" : "+"}${formatMs(Math.abs(ms))}`;
}

/**
 * A share from 0 to 1 as a percentage of two digits, above 90 % those of what is missing: `0.031 %`, `78 %`,
 * `92.3 %`, `99.41 %`.
 */
export function formatShare(share: number | null): string {
  return share === null ? "—" : `${significant(share * 100, share > 0.99 ? 4 : share > 0.9 ? 3 : 2)} %`;
}

/** A count with thousands separators: `14,400`. */
export function formatCount(n: number): string {
  return grouped(Math.round(n), 0, 0);
}

/** So many of something: `1 row`, `14,400 rows`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** With a capital letter, as a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** How often a second: `12.3/s`. */
export function formatRate(perSecond: number | null, digits = 3): string {
  return perSecond === null ? "—" : `${significant(perSecond, digits)}/s`;
}

/** `1.2 ms to 1.4 ms`, `≥ 1.2 ms` without an upper end, or nothing where neither end is known. */
export function intervalText(
  low: number | null,
  high: number | null,
  format: (value: number | null) => string,
): string {
  if (high === null) return low === null ? "" : `≥ ${format(low)}`;
  return low === null ? `≤ ${format(high)}` : `${format(low)} to ${format(high)}`;
}

/** A value in the unit of a target: milliseconds, a share from 0 to 1, or a rate. */
export function formatIn(unit: "ms" | "%" | "/s", value: number | null): string {
  return unit === "ms" ? formatMs(value) : unit === "%" ? formatShare(value) : formatRate(value);
}

/** A quantile's level as people name it: `p50`, `p99.9`, `max`. */
export function quantileName(level: number): string {
  return level === 1 ? "max" : `p${significant(level * 100, 6)}`;
}

/** A moment to the minute: `2026-03-01 14:05`, UTC. */
export function isoMinutes(date: Date): string {
  return date.toISOString().slice(0, 16).replace("T", " ");
}

/** Bytes in binary units: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${significant(value, 3)} ${units[unit]}`;
}

/** Room on a disk or in memory, in the decimal units that disks are sold by: `340 MB`, `1.5 GB`. */
export function formatRoom(bytes: number, unit: "MB" | "GB"): string {
  return unit === "MB" ? `${withDecimals(bytes / 1e6, 0)} MB` : `${withDecimals(bytes / 1e9, 1)} GB`;
}

/**
 * A measured number with so many significant digits, trailing zeros kept: `4.60`, `12.0`, `1,234`.
 * @param most decimals at most
 */
export function fixed(value: number, digits: number, most = 12): string {
  if (value === 0) return "0";
  // Rounded first: 9.996 has one digit more in front of its point than it seems to.
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.min(most, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  return grouped(value, decimals, decimals);
}

/**
 * A number with so many significant digits, without an exponent and never rounding integer digits away.
 * @param most decimals at most
 */
export function significant(value: number, digits: number, most = 12): string {
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.max(0, digits - 1 - magnitude);
  return grouped(value, 0, Math.min(decimals, most));
}

/** A number with as many decimals as are said, and no thousands separators: `1234.0`. */
export function withDecimals(value: number, decimals: number): string {
  return value.toFixed(decimals);
}

/** The probability by which a difference is chance: `0.042`, `< 0.001`. */
export function formatProbability(p: number | null): string {
  return p === null ? "—" : p < 0.001 ? "< 0.001" : withDecimals(p, 3);
}

const formats = new Map<string, Intl.NumberFormat>();

/** With thousands separators. To make a format takes thirty times as long as to use it. */
function grouped(value: number, least: number, most: number): string {
  const key = `${least} ${most}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  return format.format(value);
}
