import type { Run, RunConfig } from "../model/run.ts";
import type { SloResult } from "../model/summary.ts";
import type { Validity } from "../model/validity.ts";
import { formatCount, formatIn, formatSeconds, formatShare, intervalText } from "../model/units.ts";
import { nameOf, subjectOf } from "./slo.ts";

/** Arms that were asked for by name and are not in the run. */
export function missingArms({ unavailableArms }: Pick<RunConfig, "unavailableArms">): string[] {
  return unavailableArms.filter(({ asked }) => asked).map(({ arm, reason }) =>
    `The arm ${arm} was requested but could not be measured: ${reason}`
  );
}

/** What a run that ended early says of itself. */
export function endedEarly({ status }: Run): string[] {
  switch (status) {
    case "complete":
      return [];
    case "interrupted":
      return [
        "The run was interrupted: it has no verdict, and its numbers cover only what was measured until then.",
      ];
    default:
      return ["The run crashed: it has no verdict, and its numbers cover only what was recorded until then."];
  }
}

/** Which rules the generator broke. */
export function invalid({ valid, checks }: Validity): string[] {
  if (valid) return [];
  return checks.filter(({ ok }) => !ok).map(({ title, limit, measured, cause }) =>
    `The generator shaped the result: "${title}" requires ${limit}; measured: ${measured}.` +
    (cause === null ? "" : ` Likely cause: ${cause}.`)
  );
}

function written(value: number | null, unit: SloResult["unit"]): string {
  return value === null ? "beyond measure" : formatIn(unit, value);
}

/** By how much a target is missed. */
export function missedSentence(result: SloResult): string {
  const { term, limit, measured, unit, windows } = result;
  const { value, low, high } = measured;
  // One without an upper end says the more that it may be chance.
  const ends = low === null && high === null ? "" : intervalText(low, high, (each) => written(each, unit));
  const interval = ends === "" ? "" : ` (${ends})`;
  const where = windows === null || windows.worstAtUs === null
    ? interval
    : ` from ${formatSeconds(windows.worstAtUs / 1e6)} on, in ${formatCount(windows.failed)} of ` +
      `${formatCount(windows.judged)} windows`;
  return `${subjectOf(result)} misses ${nameOf(term)} ${term.comparator}${term.inclusive ? "=" : ""} ${
    written(limit, unit)
  }${within(result)}: ` +
    `${
      value === null && term.metric === "quantile" ? unanswered(term.level ?? 1) : written(value, unit)
    }${where}.`;
}

/** A quantile has no value where the requests behind it never ended. */
function unanswered(level: number): string {
  return level === 1
    ? "not all requests were answered"
    : `more than ${formatShare(1 - level)} of the requests were not answered`;
}

/** " over 10 s", where a term is judged over windows. */
function within({ term }: SloResult): string {
  return term.windowSeconds === null ? "" : ` over ${formatSeconds(term.windowSeconds)}`;
}
