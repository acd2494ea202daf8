import type { Estimate } from "../../model/estimate.ts";
import { signedMs } from "../../model/units.ts";
import { AT_LIMIT, isAtLimit } from "./quantiles.ts";

/** A quantile's change: `+12 ms`, `≥ +3.5 s` of one that came to the time limit of requests, `at limit` of one that stayed there. */
export function changeText(change: Estimate | undefined): string {
  if (change === undefined) return "—";
  if (change.warnings.some(({ code }) => code === AT_LIMIT)) return "at limit";
  return atLeast(change, signedMs);
}

/** A value, behind `≥` where requests were given up before it was known. */
export function atLeast(estimate: Estimate | undefined, format: (ms: number | null) => string): string {
  if (estimate === undefined) return format(null);
  return `${estimate.value !== null && isAtLimit(estimate) ? "≥ " : ""}${format(estimate.value)}`;
}
