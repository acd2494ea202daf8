import type { Work } from "../model/statement_effects.ts";
import { median } from "../stats/robust.ts";
import { type MeasuredWork, type PredictionFacts, workKey } from "./facts.ts";
import { DEFAULT_RATES, type MachineRates, type Rate, type RateName, SCALED_SPREAD } from "./rates.ts";
import { workTime } from "./work_time.ts";

/** What was not measured is taken to be as much slower, or faster, than the defaults as what was. */
export function scaledRates(
  rates: MachineRates,
  work: readonly Work[],
  known: PredictionFacts,
  measured: ReadonlyMap<string, MeasuredWork>,
): MachineRates {
  const msOf = (each: Work, facts: PredictionFacts) => workTime(each, facts).span?.ms ?? 0;
  const factor = median(work.flatMap((each) => {
    const usual = msOf(each, known);
    return measured.has(workKey(each)) && usual > 0 ? [msOf(each, { ...known, measured }) / usual] : [];
  }));
  if (factor === null) return rates;
  const entries = Object.entries(rates).map(([name, rate]: [string, Rate]) => [
    name,
    rate.value === DEFAULT_RATES[name as RateName].value
      ? { value: rate.value * factor, spread: SCALED_SPREAD }
      : rate,
  ]);
  return Object.fromEntries(entries) as unknown as MachineRates;
}
