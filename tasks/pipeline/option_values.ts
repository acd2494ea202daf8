import { InvalidArgumentError } from "commander";
import { parseDuration } from "../model/units.ts";
import { isPrintable } from "../terminal/safe_text.ts";

/** Characters of a run's label at most. */
export const LABEL_CHARACTERS = 200;

/** A number above 0. */
export function positive(what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value > 0 && value <= 1_000_000)) {
      throw new InvalidArgumentError(`The ${what} must be a number above 0 and up to 1,000,000.`);
    }
    return value;
  };
}

/** A share of 1 to 50 %. */
export function resolution(text: string): number {
  const share = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : NaN;
  if (!(share >= 0.01 && share <= 0.5)) {
    throw new InvalidArgumentError('It must be from 1% to 50%, written like "5%".');
  }
  return share;
}

/** A change that is to be shown, as a share. */
export function change(text: string): number {
  const share = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : NaN;
  if (!(share > 0 && share <= 1)) {
    throw new InvalidArgumentError('It must be above 0% and at most 100%, written like "5%".');
  }
  return share;
}

/** A time, as seconds. */
export function duration(what: string): (text: string) => number {
  return (text) => parseDuration(text, what);
}

/** A time, as seconds, or none. */
export function warmup(text: string): number {
  return /^0(s|ms|m)?$/.test(text) ? 0 : parseDuration(text, "warm-up");
}

/** A run's name, which no reference to runs could mean otherwise. */
export function label(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  if (/^latest(~\d+)?$/.test(text.trim())) {
    throw new InvalidArgumentError("That names the newest runs, whatever their labels.");
  }
  if (/^\d{8}-\d{6}-[0-9a-f]{4}$/i.test(text.trim())) {
    throw new InvalidArgumentError(
      "It looks like the id of a run: by an id that run is found, whatever its label.",
    );
  }
  if (!isPrintable(text.trim())) {
    throw new InvalidArgumentError("It must be one line of visible characters.");
  }
  if ([...text.trim()].length > LABEL_CHARACTERS) {
    throw new InvalidArgumentError(`It must have at most ${LABEL_CHARACTERS} characters.`);
  }
  return text.trim();
}

/** One more `KEY=VALUE`, after those before it. */
export function pair(
  example: string,
): (text: string, before: Readonly<Record<string, string>>) => Record<string, string> {
  return (text, before) => {
    const match = /^([^=]+)=(.*)$/.exec(text);
    if (!match) throw new InvalidArgumentError(`Write it like "${example}".`);
    return { ...before, [match[1]!.trim()]: match[2]!.trim() };
  };
}
