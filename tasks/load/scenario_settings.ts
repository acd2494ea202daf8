import { UsageError } from "../model/errors.ts";
import type { Scenario, Setting, Settings } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import { faultsOf } from "./scenario_fault.ts";

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
  const fault = faultsOf(file);
  if (known.includes("preset")) {
    throw fault("settings.preset: must have another name: --set preset=NAME chooses among presets");
  }
  for (const [preset, values] of Object.entries(presets)) {
    for (const [key, value] of Object.entries(values)) {
      const field = `presets.${preset}.${key}`;
      if (!known.includes(key)) throw fault(`${field}: there is no such setting`, hint(key, known));
      if (!within(settings[key]!, value)) {
        throw fault(`${field}: must be ${rangeOf(settings[key]!)} (it is ${value})`);
      }
    }
  }
  const names = Object.keys(presets);
  const usable = names.length > 0 ? [...known, "preset"] : known;
  for (const key of Object.keys(given)) {
    if (!usable.includes(key)) {
      throw new UsageError(
        `Cannot set ${JSON.stringify(key)}: the scenario ${name} has no such setting`,
        usable.length === 0 ? "It has none." : hint(key, usable),
      );
    }
  }
  const { preset, ...single } = given;
  if (preset !== undefined && !names.includes(preset)) {
    throw new UsageError(
      `Cannot set preset=${JSON.stringify(preset).slice(1, -1)}: the scenario ${name} has none of that name`,
      hint(preset, names),
    );
  }
  const chosen = preset === undefined ? {} : presets[preset]!;
  return Object.fromEntries(known.map((key) => {
    const setting = settings[key]!;
    const text = single[key];
    if (text === undefined) return [key, chosen[key] ?? setting.default];
    const value = text.trim() === "" ? NaN : Number(text);
    if (!within(setting, value)) {
      throw new UsageError(
        `Cannot set ${key} as a number ${rangeOf(setting)}: it is ${JSON.stringify(text)}`,
      );
    }
    return [key, value];
  }));
}

function within({ min, max }: Setting, value: number): boolean {
  return value >= min && value <= max;
}

function rangeOf({ min, max, unit }: Setting): string {
  return `from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
}
