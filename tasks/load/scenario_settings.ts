import { UsageError } from "../model/errors.ts";
import type { Scenario, Settings } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";

/**
 * The settings of a run: the defaults, then those of a preset (`preset=NAME`), then those given one by one.
 * @param given as the command line has them
 * @throws {UsageError} for an unknown setting or preset and for a value out of range
 */
export function settleSettings(
  { name, settings, presets = {} }: Scenario,
  given: Readonly<Record<string, string>>,
  file: string,
): Settings {
  const known = Object.keys(settings);
  for (const [preset, values] of Object.entries(presets)) {
    const unknown = Object.keys(values).find((key) => !known.includes(key));
    if (unknown !== undefined) {
      throw new UsageError(
        `Cannot use the scenario file ${file}: presets.${preset}.${unknown}: there is no such setting`,
        hint(unknown, known),
      );
    }
  }
  const names = Object.keys(presets);
  const usable = names.length > 0 ? [...known, "preset"] : known;
  for (const key of Object.keys(given)) {
    if (!usable.includes(key)) {
      throw new UsageError(
        `Cannot set "${key}": the scenario ${name} has no such setting`,
        usable.length === 0 ? "It has none." : hint(key, usable),
      );
    }
  }
  const { preset, ...single } = given;
  if (preset !== undefined && !names.includes(preset)) {
    throw new UsageError(
      `Cannot set preset=${preset}: the scenario ${name} has none of that name`,
      hint(preset, names),
    );
  }
  const chosen = preset === undefined ? {} : presets[preset]!;
  return Object.fromEntries(known.map((key) => {
    const { default: fallback, min, max, unit } = settings[key]!;
    const text = single[key];
    const value = text === undefined ? chosen[key] ?? fallback : text.trim() === "" ? NaN : Number(text);
    if (!(value >= min && value <= max)) {
      throw new UsageError(
        `Cannot set ${key} as a number from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}: it is "${
          text ?? value
        }"`,
      );
    }
    return [key, value];
  }));
}
