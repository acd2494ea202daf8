import { UsageError } from "../model/errors.ts";
import { CACHE_SETTINGS } from "../model/cache_settings.ts";
import { SERVING_SETTINGS } from "../model/scaling.ts";
import type { Choice, Scenario, Setting, SettingValues } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import { faultsOf } from "./scenario_fault.ts";

/**
 * The settings of a run: the defaults, then those of a preset (`preset=NAME`), then those given one by one. How a cache
 * before a path works, and how GraphQL is served, can be set in every scenario; that is among them where it was.
 * @param given as the command line has them
 * @throws {UsageError} for an unknown setting or preset and for a value out of range
 */
export function resolveSettings(
  scenario: Scenario,
  given: Readonly<Record<string, string>>,
  file: string,
): SettingValues {
  const { name, settings, presets = {} } = scenario;
  const own = Object.keys(settings);
  const everywhere = { ...CACHE_SETTINGS, ...SERVING_SETTINGS };
  const all = { ...everywhere, ...settings };
  checkPresets(scenario, all, file);
  const names = Object.keys(presets);
  const known = [...own, ...Object.keys(everywhere).filter((key) => !own.includes(key))];
  const usable = names.length > 0 ? [...known, "preset"] : known;
  for (const key of Object.keys(given)) {
    if (usable.includes(key)) continue;
    throw new UsageError(
      `Cannot set ${JSON.stringify(key)}: the scenario ${name} has no such setting`,
      hint(key, usable),
    );
  }
  const { preset, ...single } = given;
  if (preset !== undefined && !names.includes(preset)) {
    throw new UsageError(
      `Cannot set preset=${JSON.stringify(preset).slice(1, -1)}: the scenario ${name} has none of that name`,
      hint(preset, names),
    );
  }
  const chosen = preset === undefined ? {} : presets[preset]!;
  return Object.fromEntries(known.flatMap((key) => {
    const setting = all[key]!;
    const text = single[key];
    if (text !== undefined) return [[key, valueOf(key, setting, text)]];
    const value = chosen[key] ?? (own.includes(key) ? setting.default : undefined);
    return value === undefined ? [] : [[key, value]];
  }));
}

function checkPresets(
  { settings, presets = {} }: Scenario,
  all: Readonly<Record<string, Setting | Choice>>,
  file: string,
): void {
  const fault = faultsOf(file);
  if (Object.hasOwn(settings, "preset")) {
    throw fault("settings.preset: must have another name: --set preset=NAME chooses among presets");
  }
  const taken = Object.keys(SERVING_SETTINGS).find((key) => Object.hasOwn(settings, key));
  if (taken !== undefined) {
    throw fault(
      `settings.${taken}: must have another name: --set ${taken}=… says how the run serves GraphQL`,
    );
  }
  for (const [preset, values] of Object.entries(presets)) {
    for (const [key, value] of Object.entries(values)) {
      const field = `presets.${preset}.${key}`;
      if (!Object.hasOwn(all, key)) {
        throw fault(`${field}: there is no such setting`, hint(key, Object.keys(all)));
      }
      if (!allows(all[key]!, value)) throw fault(`${field}: must be ${rangeOf(all[key]!)} (it is ${value})`);
    }
  }
}

/** What a text of `--set` comes to. @throws {UsageError} where it is none of what the setting allows */
function valueOf(key: string, setting: Setting | Choice, text: string): number | string {
  if ("choices" in setting) {
    const word = text.trim();
    if (allows(setting, word)) return word;
    throw new UsageError(
      `Cannot set ${key} as ${rangeOf(setting)}: it is ${JSON.stringify(text)}`,
      hint(word, setting.choices),
    );
  }
  const value = text.trim() === "" ? NaN : Number(text);
  if (allows(setting, value)) return value;
  throw new UsageError(`Cannot set ${key} as a number ${rangeOf(setting)}: it is ${JSON.stringify(text)}`);
}

function allows(setting: Setting | Choice, value: number | string): boolean {
  if ("choices" in setting) return setting.choices.includes(value as string);
  return typeof value === "number" && value >= setting.min && value <= setting.max;
}

function rangeOf(setting: Setting | Choice): string {
  if ("choices" in setting) return `one of ${setting.choices.join(", ")}`;
  const { min, max, unit } = setting;
  return `from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
}
