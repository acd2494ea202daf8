import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { formatSeconds, parseDuration } from "../model/units.ts";

/** Settings that a sweep can vary. */
const SETTINGS = ["lock_timeout"];
/** Below it a statement gives up before the server has looked for a deadlock once, or got round to anything at all. */
const LEAST_MS = 10;
/** Above it users wait as they do behind a statement without. */
const MOST_MS = 10_000;
/** Each is a run of its own. */
const MOST_VALUES = 10;
const EXAMPLE = 'Write it like "lock_timeout=50ms,200ms,1s".';

/**
 * Parses `--sweep`: a setting and the values that are tried, each in a run of its own.
 * @returns of moves with `lock_timeout`, ms, in the order that they are given in
 * @throws {UsageError} naming what is unknown, twice there, or of no use
 */
export function parseSweep(text: string): readonly number[] {
  const [, setting, values] = /^\s*([^=]*?)\s*=(.*)$/.exec(text) ?? [];
  if (setting === undefined) {
    throw new UsageError(
      `Cannot read the sweep "${text}" as a setting and its values: there is no "="`,
      EXAMPLE,
    );
  }
  if (!SETTINGS.includes(setting)) {
    throw new UsageError(
      `Cannot sweep "${setting}": it is no setting of a migration`,
      hint(setting, SETTINGS),
    );
  }
  const found = new Map<number, string>();
  for (const value of values!.split(",").map((part) => part.trim())) {
    const ms = timeoutOf(value);
    const same = found.get(ms);
    if (same !== undefined) {
      throw new UsageError(
        `Cannot sweep lock_timeout over "${values!.trim()}": ${
          same === value ? `${value} is there twice` : `${same} and ${value} are the same`
        }`,
        "Name each value once.",
      );
    }
    found.set(ms, value);
  }
  if (found.size > MOST_VALUES) {
    throw new UsageError(
      `Cannot sweep lock_timeout over ${found.size} values: each is a run of its own, and there may be ${MOST_VALUES}`,
    );
  }
  return [...found.keys()];
}

function timeoutOf(value: string): number {
  if (value === "") {
    throw new UsageError(`Cannot sweep lock_timeout over nothing: a value is missing`, EXAMPLE);
  }
  if (/^0+(\.0+)?([a-zµ]*)$/.test(value)) {
    throw new UsageError(
      `Cannot sweep lock_timeout over ${value}: that is none, and everyone would wait behind a statement that waits`,
      "The naive variant shows what that does.",
    );
  }
  const ms = Math.round(parseDuration(value, "lock_timeout") * 1e6) / 1000;
  if (!Number.isInteger(ms) || ms < LEAST_MS || ms > MOST_MS) {
    throw new UsageError(
      `Cannot sweep lock_timeout over ${value}: it must be whole milliseconds, from ${LEAST_MS} ms to ${
        formatSeconds(MOST_MS / 1000)
      }`,
      EXAMPLE,
    );
  }
  return ms;
}
