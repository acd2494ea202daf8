import type { Phase } from "../model/run.ts";
import type { ScenarioOperation } from "../model/scenario.ts";
import type { Statement } from "../targets/target.ts";

/** How one arm reaches the system; goes to the workers by message and may hold passwords: never stored. */
export type ArmTarget =
  | { readonly path: "sql"; readonly url: string }
  | { readonly path: "graphql"; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
    readonly path: "sql+cache";
    readonly url: string;
    readonly redisUrl: string;
    readonly prefix: string;
    readonly ttlSeconds: number;
  };

export interface Arm {
  readonly name: string;
  readonly target: ArmTarget;
  /** One statement for each of the scenario's operations, in their order. */
  readonly statements: readonly Statement[];
}

/** All that a generator worker needs to make its share of the load. Times are µs from the run's start. */
export interface LoadPlan {
  readonly seed: number;
  readonly loop:
    | { readonly kind: "open"; readonly arrivals: "poisson" | "constant"; readonly ratePerSecond: number }
    | { readonly kind: "closed"; readonly clients: number };
  readonly phases: readonly Phase[];
  readonly arms: readonly Arm[];
  readonly operations: readonly ScenarioOperation[];
  readonly dataset: { readonly name: string; readonly counts: Readonly<Record<string, number>> };
  /** Connections an arm, over all workers. */
  readonly connections: number;
  /** Requests under way at most, over all workers; more are shed. */
  readonly inFlightCap: number;
  readonly timeoutMs: number;
  readonly workers: number;
  readonly spoolDir: string;
}

/** When the last phase ends. */
export function endOf(phases: readonly Phase[]): number {
  return phases.at(-1)!.endUs;
}

/** This worker's part of a number dealt over all workers; at least one. */
export function shareOf(total: number, worker: number, workers: number): number {
  return Math.max(1, Math.floor(total / workers) + (worker < total % workers ? 1 : 0));
}
