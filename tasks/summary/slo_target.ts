import { holdsLimit, resolveScope, type ScopeNames, type SloTerm } from "../model/slo.ts";
import { leastEstimable, quantileRank } from "../stats/quantile.ts";
import { LEVEL } from "./estimate.ts";

/** One term for one arm: what is judged. */
export interface SloTarget {
  readonly term: SloTerm;
  readonly arm: string;
  /** The only operation that counts; null: all together. */
  readonly operation: string | null;
  /** The only stream that counts; null: all together. */
  readonly stream: string | null;
}

/**
 * What a term is judged for: each arm, narrowed down by its scope. Null: the scope names nothing of the run.
 * @param arms those that the run has
 */
export function targetsOf(term: SloTerm, arms: readonly string[], names: ScopeNames): SloTarget[] | null {
  const scope = resolveScope(term.scope, names);
  if (scope === null) return null;
  const { operation, stream } = scope;
  return (scope.arm === null ? arms : [scope.arm]).map((arm) => ({ term, arm, operation, stream }));
}

/**
 * Requests of a window, counted. `whole` is what counts in a term and `part` what is counted of it: requests within
 * the limit (a quantile), not answered well (`errors`), shed, cache hits of lookups, answers (`throughput`).
 */
export interface WindowCounts {
  readonly part: number;
  readonly whole: number;
  /** How long the arm was measured within the window. */
  readonly seconds: number;
}

/** A rate over less time says more of the moment than of the arm. */
const LEAST_SECONDS = 1;

/**
 * The fewest requests of which a term can be judged. A quantile must be estimable, as everywhere; of a share, one
 * request must not weigh more than what the limit allows: with `errors<1%` a window has at least a hundred.
 */
export function leastRequests({ metric, level, limit }: SloTerm): number {
  switch (metric) {
    case "quantile":
      return leastEstimable(level!, LEVEL);
    case "errors":
    case "shed":
      return reciprocal(limit);
    case "hit":
      return reciprocal(1 - limit);
    case "throughput":
    case "stall":
      return 0;
  }
}

function reciprocal(share: number): number {
  // 1 / (1 - 0.8) lies a rounding error above 5.
  return share === 0 ? 1 : Math.ceil(1 / share - 1e-9);
}

/** Whether a window holds enough to be judged. */
export function judgeable(term: SloTerm, { whole, seconds }: WindowCounts): boolean {
  return whole >= leastRequests(term) && (term.metric !== "throughput" || seconds >= LEAST_SECONDS - 1e-9);
}

/** Whether a window that can be judged misses the limit. */
export function violated(term: SloTerm, counts: WindowCounts): boolean {
  const { metric, level } = term;
  // A quantile is one of the values, so it lies within the limit just where so many values do.
  if (metric === "quantile") return counts.part < quantileRank(counts.whole, level!);
  return !holdsLimit(term, rateOf(term, counts));
}

/** What a window has of a share (0 to 1) or of throughput (requests a second). */
export function rateOf({ metric }: SloTerm, { part, whole, seconds }: WindowCounts): number {
  return metric === "throughput" ? part / seconds : part / whole;
}
