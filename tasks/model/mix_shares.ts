import type { RunConfig } from "./run.ts";
import type { Stage } from "./stages.ts";

/** An operation with its part of the mix; a weight is relative to the others. */
export interface Weighted {
  /** Its name. */
  readonly name: string;
  /** Above 0. */
  readonly weight: number;
}

/**
 * How often a run asks each of its operations, relative to the others: a weight counts within its stream only, and
 * streams have rates of their own. A session asks each of its operations once; their weights tell what each counts for.
 */
export function mixShares(
  { operations, streams = [] }: Pick<RunConfig, "operations" | "streams">,
): Weighted[] {
  if (streams.length < 2) return operations.map(({ name, weight }) => ({ name, weight }));
  const weights = new Map(operations.map(({ name, weight }) => [name, weight]));
  const shares = new Map<string, number>();
  for (const { ratePerSecond, stages, session, operations: names } of streams) {
    const total = names.reduce((sum, name) => sum + weights.get(name)!, 0);
    const requests = meanRate(ratePerSecond, stages) * (session ? names.length : 1);
    for (const name of names) shares.set(name, requests * weights.get(name)! / total);
  }
  return operations.map(({ name }) => ({ name, weight: shares.get(name)! }));
}

/** Over all stages, arrivals a second. */
function meanRate(startRate: number, stages: readonly Stage[] | null): number {
  if (stages === null) return startRate;
  let [before, arrivals, seconds] = [startRate, 0, 0];
  for (const { duration, rate, shape = "ramp" } of stages) {
    arrivals += duration * (shape === "step" ? rate : (before + rate) / 2);
    seconds += duration;
    before = rate;
  }
  return arrivals / seconds;
}
