import { mix } from "../load/mix.ts";
import { PROOF_SLOTS_FROM } from "../load/plan.ts";
import { keyWrites, proofRequest } from "../load/proof_slots.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { type Draw, isCaptured } from "../model/scenario.ts";
import { datasets } from "../seed/catalog.ts";
import type { Value } from "../targets/target.ts";
import { operationOfSlot, type SlotWrites } from "./may_write.ts";

/** How the values of a run's writes are drawn, as plain data: it is kept on disk while a run writes. */
export interface WriteDraws {
  /** In the scenario's order; of reads only what they capture. */
  readonly operations: readonly {
    readonly name: string;
    readonly weight: number;
    readonly write?: boolean;
    readonly params: Readonly<Record<string, Draw>>;
  }[];
  /** Rows by table that the keys are drawn from. */
  readonly counts: Readonly<Record<string, number>>;
}

/** In place of a draw that needs what is not at hand after the run: other parameters' values stay as they are. */
const NOT_KNOWN: Draw = { kind: "choice", values: [0] };

/** A request's values by parameter; undefined where nobody knows them. */
export type RequestValues = Readonly<Record<string, Value | undefined>>;

/** @param counts rows by table of the data set */
export function writeDraws(
  { operations }: Pick<LoadedScenario, "operations">,
  counts: Readonly<Record<string, number>>,
): WriteDraws {
  return {
    operations: operations.map(({ name, weight, write, params }) => ({
      name,
      weight,
      write,
      params: write
        ? params
        : Object.fromEntries(Object.entries(params).filter(([, draw]) => isCaptured(draw))),
    })),
    counts,
  };
}

/**
 * What the request of a slot gave for its parameters, as far as it was drawn: not what came from a file, a query or an
 * earlier answer: these are undefined. Of a slot of the comparison that no write has, nothing is known.
 * @param arms how many the comparison was of
 */
export function requestValues(
  dataset: string,
  writes: SlotWrites,
  { operations, counts }: WriteDraws,
  arms: number,
): (slot: number) => RequestValues {
  const known = operations.map(({ params }) => {
    const names = new Set<string>();
    for (const [name, draw] of Object.entries(params)) {
      const needs = draw.kind === "source" || isCaptured(draw) ||
        draw.kind === "after" && !names.has(draw.of);
      if (!needs) names.add(name);
    }
    return names;
  });
  const drawn = operations.map((operation, at) => ({
    ...operation,
    params: Object.fromEntries(
      Object.entries(operation.params).map(([name, draw]) => [name, known[at]!.has(name) ? draw : NOT_KNOWN]),
    ),
  }));
  const keySpaces = datasets[dataset]!.keySpaces(counts);
  const { valuesOf } = mix(drawn, writes.streams, { keySpaces, sources: {} }, writes.seed);
  const operationOf = operationOfSlot(writes);
  const given = (slot: number, operation: number): RequestValues => {
    const names = known[operation];
    if (names === undefined) return {};
    return Object.fromEntries(
      Object.entries(valuesOf(slot, operation)).map(([name, value]) => [
        name,
        names.has(name) ? value : undefined,
      ]),
    );
  };
  return (slot) => {
    if (slot < PROOF_SLOTS_FROM) return given(slot, operationOf(slot));
    const { operation, drawnBy } = proofRequest(slot, arms);
    if (operations[operation] === undefined) return {};
    // Records of earlier versions do not say which of them write: then it is the operation itself.
    const writes = keyWrites(operations, operation);
    return Object.assign(
      {},
      ...(writes.length === 0 ? [operation] : writes).map((each) => given(drawnBy, each)),
    );
  };
}
