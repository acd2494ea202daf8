import { operationChoice } from "../load/mix.ts";
import { type LoadPlan, PROOF_SLOTS_FROM } from "../load/plan.ts";

/** What decides which slots write, as plain data: it is kept on disk while a run writes. */
export interface SlotWrites {
  readonly seed: number;
  readonly closed: boolean;
  /** In the scenario's order. */
  readonly operations: readonly {
    readonly weight: number;
    readonly write: boolean;
    readonly name?: string;
  }[];
  readonly streams: readonly {
    readonly rate: number;
    readonly first: number;
    readonly count: number;
    /** Whether its slots are the steps of sessions. */
    readonly session: boolean;
  }[];
}

/** @param load whose operations and streams decide */
export function slotWrites(
  { seed, loop, operations, streams }: Pick<LoadPlan, "seed" | "operations" | "streams"> & {
    readonly loop: "open" | "closed";
  },
): SlotWrites {
  return {
    seed,
    closed: loop === "closed",
    operations: operations.map(({ name, weight, write = false }) => ({ name, weight, write })),
    streams: streams.map(({ rate, first, count, session }) => ({
      rate,
      first,
      count,
      session: session !== null,
    })),
  };
}

/**
 * The operation that a slot asks, as the generator draws it.
 * @returns an index into the scenario's operations
 */
export function operationOfSlot({ seed, closed, operations, streams }: SlotWrites): (slot: number) => number {
  const operationOf = operationChoice(operations, streams, seed);
  if (closed) return (slot) => operationOf(slot);
  return (slot) => {
    const stream = slot % streams.length;
    const { session, first, count } = streams[stream]!;
    return session ? first + Math.floor(slot / streams.length) % count : operationOf(slot, stream);
  };
}

/** Whether the load of a run writes under a slot's reserved key, if it comes to that slot. */
export function mayWrite(writes: SlotWrites): (slot: number) => boolean {
  const operationOf = operationOfSlot(writes);
  return (slot) =>
    Number.isSafeInteger(slot) && slot >= 0 && slot < PROOF_SLOTS_FROM &&
    writes.operations[operationOf(slot)]!.write;
}
