import { PROBE_METRICS, PROBE_SOURCE } from "../model/probe.ts";
import {
  CACHE_BACKGROUND_LOADS,
  CACHE_INVALIDATIONS,
  CACHE_REFUSALS,
  CACHE_SLOWEST_LOAD,
  type Sample,
} from "../model/run.ts";
import type { Target } from "../targets/target.ts";
import type { LoadPlan } from "./plan.ts";

/**
 * What targets tell since the time before, as samples: what caches did not do, and, where that is asked for, what became of
 * connections.
 * @param targets in the order of the plan's arms
 */
export function targetSamples(
  { arms, tellConnections = false }: Pick<LoadPlan, "arms" | "tellConnections">,
  targets: readonly Target[],
  atUs: number,
): Sample[] {
  return targets.flatMap((target, index) => {
    const arm = arms[index]!.name;
    return [
      ...refused(target, arm, atUs),
      ...background(target, arm, atUs),
      ...invalidations(target, arm),
      ...slowest(target, arm, atUs),
      ...tellConnections ? connections(target, arm) : [],
    ];
  });
}

function refused(target: Target, arm: string, atUs: number): Sample[] {
  return (target.refusals?.() ?? []).map(({ doing, reason, count }) => ({
    atUs: Math.round(atUs),
    source: "redis",
    metric: CACHE_REFUSALS,
    labels: { arm, doing, reason },
    value: count,
  }));
}

function background(target: Target, arm: string, atUs: number): Sample[] {
  const loads = target.backgroundLoads?.() ?? 0;
  if (loads === 0) return [];
  return [{
    atUs: Math.round(atUs),
    source: "redis",
    metric: CACHE_BACKGROUND_LOADS,
    labels: { arm },
    value: loads,
  }];
}

function invalidations(target: Target, arm: string): Sample[] {
  return (target.invalidations?.() ?? []).map(({ atUs, n }) => ({
    atUs: Math.round(atUs),
    source: "redis",
    metric: CACHE_INVALIDATIONS,
    labels: { arm },
    value: n,
  }));
}

function slowest(target: Target, arm: string, atUs: number): Sample[] {
  const us = target.slowestLoadUs?.() ?? 0;
  if (us === 0) return [];
  return [{
    atUs: Math.round(atUs),
    source: "redis",
    metric: CACHE_SLOWEST_LOAD,
    labels: { arm },
    value: us / 1000,
  }];
}

function connections(target: Target, arm: string): Sample[] {
  return (target.connectionEvents?.() ?? []).map(({ kind, atUs, code, awayUs }) => ({
    atUs: Math.round(atUs),
    source: PROBE_SOURCE,
    metric: PROBE_METRICS[kind],
    labels: { arm, code },
    value: kind === "regained" ? awayUs / 1000 : 1,
  }));
}
