import type { KeySpace } from "../model/dataset.ts";
import type { Phase } from "../model/run.ts";
import type { OwnKeys, ScenarioOperation } from "../model/scenario.ts";
import { datasets } from "../seed/catalog.ts";
import type { ArmTarget } from "../paths/path.ts";
import type { Statement } from "../targets/target.ts";
import type { ArrivalPlan } from "./arrivals.ts";
import { type Mix, mix, type MixStream, type SourceRows } from "./mix.ts";
import type { LoadStream } from "./scenario.ts";

/** From here on slots belong to what comes before the load, and reserved keys drawn for them collide with none of it. */
export const PROOF_SLOTS_FROM = 1_000_000_000;

export interface Arm {
  /** Its own, whatever its path is called. */
  readonly name: string;
  /** The one that describes it. */
  readonly file?: string;
  readonly target: ArmTarget;
  /** Of the database that it asks, by itself or through a service, where that is not the run's. May hold a password. */
  readonly databaseUrl?: string;
  /** One statement for each of the scenario's operations, in their order. */
  readonly statements: readonly Statement[];
}

/** All that a generator worker needs to make its share of the load. Times are µs from the run's start. */
export interface LoadPlan {
  readonly seed: number;
  readonly loop: { readonly kind: "open" } | { readonly kind: "closed"; readonly clients: number };
  /** Their stages, if any, cover the whole run, warm-up included. */
  readonly streams: readonly LoadStream[];
  readonly phases: readonly Phase[];
  /** Of a `CutBoard`: where a phase may end before its time. */
  readonly cuts?: SharedArrayBuffer;
  /** Of a `GateBoard`: where connections of arms may move to another server. */
  readonly gate?: SharedArrayBuffer;
  readonly arms: readonly Arm[];
  /**
   * Where each operation is asked by one arm alone: which, and which of its statements that is. Of such arms only the
   * first is made warm, if it asks PostgreSQL itself: the others may be somebody's service, or costly. Else all arms are asked all operations, in the same order.
   */
  readonly requests?: readonly { readonly arm: number; readonly statement: number }[];
  readonly operations: readonly ScenarioOperation[];
  /** Null where the tables are the user's own. */
  readonly dataset: { readonly name: string; readonly counts: Readonly<Record<string, number>> } | null;
  /** Keys kept for a run's writes into tables of the user's own; none where they are a data set's. */
  readonly ownKeys?: Readonly<Record<string, OwnKeys>>;
  readonly sources: Readonly<Record<string, SourceRows>>;
  /** Further attempts of a slot, and how long after a failure each comes. */
  readonly retry: { readonly attempts: number; readonly backoffMs: number } | null;
  /** Connections an arm, over all workers. */
  readonly connections: number;
  /** Requests under way at most, over all workers; more are shed. */
  readonly inFlightCap: number;
  readonly timeoutMs: number;
  readonly workers: number;
  readonly spoolDir: string;
  /** Slots of a closed loop at the most: none is numbered beyond that. */
  readonly slotLimit?: number;
  /** Whether a thread beside a generator may move it to another core when it has to wait for its own; by default it may. */
  readonly threadMigration?: boolean;
  /** Tell of connections that break and are there again, as samples. */
  readonly tellConnections?: boolean;
  /** Tell of each slot as it ends: where somebody listens. */
  readonly tellCompleted?: boolean;
  /** Tell up to when all slots have ended: where somebody listens. */
  readonly tellCompletedUntil?: boolean;
}

/** The arrivals of each stream, in the order of `streams`. */
export function arrivalPlans(
  { streams, seed, phases }: Pick<LoadPlan, "streams" | "seed" | "phases">,
): ArrivalPlan[] {
  const endUs = endOf(phases);
  return streams.map(({ name, arrivals: kind, rate, stages }) => {
    // A run of one stream draws as it always has.
    const process = { kind, seed, endUs, stream: streams.length === 1 ? undefined : name };
    return stages === null ? { ...process, ratePerSecond: rate } : { ...process, stages, startRate: rate };
  });
}

/** What a plan's slots ask, and with which values. */
export function mixOf({ operations, streams, dataset, ownKeys = {}, sources, seed }: MixPlan): Mix {
  const seeded = dataset === null ? {} : datasets[dataset.name]!.keySpaces(dataset.counts);
  const keySpaces = { ...seeded, ...spacesOf(ownKeys) };
  return mix(operations, streams, { keySpaces, sources }, seed);
}

export type MixPlan = Pick<LoadPlan, "operations" | "dataset" | "ownKeys" | "sources" | "seed"> & {
  readonly streams: readonly MixStream[];
};

/** Nothing lies in them before a run: they are counted through, slot by slot. */
function spacesOf(ownKeys: Readonly<Record<string, OwnKeys>>): Record<string, KeySpace> {
  return Object.fromEntries(
    Object.entries(ownKeys).map(([name, { from }]) => [name, {
      name,
      count: 0,
      key: (slot: number) => from + slot,
    }]),
  );
}

/** When the last phase ends. */
export function endOf(phases: readonly Phase[]): number {
  return phases.at(-1)!.endUs;
}

/** This worker's part of a number dealt over all workers; at least one. */
export function shareOf(total: number, worker: number, workers: number): number {
  return Math.max(1, Math.floor(total / workers) + (worker < total % workers ? 1 : 0));
}
