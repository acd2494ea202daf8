import { type Draw, isCaptured, type ScenarioOperation } from "../model/scenario.ts";
import { PROOF_SLOTS_FROM } from "./plan.ts";
import type { LoadedScenario } from "./scenario.ts";

/** Samples of each operation that the comparison of paths takes. */
export const SAMPLES = 5;

/** The first of the slots that a sample has: one for SQL and one for each arm. */
export function proofSlot(operation: number, sample: number, arms: number): number {
  return PROOF_SLOTS_FROM + (operation * SAMPLES + sample) * (arms + 1);
}

/** Every slot under which the comparison of so many arms may write, with each operation that may. */
export function proofSlots(
  { operations }: Pick<LoadedScenario, "operations">,
  arms: number,
): { slot: number; operation: number }[] {
  return operations.flatMap((_, asked) =>
    keyWrites(operations, asked).flatMap((operation) =>
      Array.from({ length: SAMPLES }, (_, sample) => proofSlot(asked, sample, arms)).flatMap((first) =>
        Array.from({ length: arms + 1 }, (_, at) => ({ slot: first + at, operation }))
      )
    )
  );
}

/**
 * The writes that asking an operation makes under a slot of its own: itself, and the steps that wrote what it captures.
 * @returns indexes, earlier steps first
 */
export function keyWrites(
  operations: readonly Pick<ScenarioOperation, "name" | "write" | "params">[],
  operation: number,
): readonly number[] {
  const { write, params } = operations[operation]!;
  const earlier = Object.values(params).filter(isCaptured).flatMap(({ from }) => {
    const at = operations.findIndex(({ name }) => name === from);
    // A record on disk may say anything: what is no earlier step leads nowhere, and not round in a circle.
    return at >= 0 && at < operation ? keyWrites(operations, at) : [];
  });
  return [...new Set(write ? [...earlier, operation] : earlier)];
}

/** Whether a parameter is a reserved key of the request's, or of an earlier step's that wrote under it. */
export function isReservedKey(
  operations: readonly Pick<ScenarioOperation, "name" | "write" | "params">[],
  draw: Draw | undefined,
): boolean {
  if (draw === undefined || !isCaptured(draw)) return draw?.kind === "reserved";
  const { params } = operations.find(({ name }) => name === draw.from)!;
  return isReservedKey(operations, params[draw.column]);
}

/** What a slot of the comparison asks: the operation, and the slot whose values every arm is given beside its own key. */
export function proofRequest(slot: number, arms: number): { operation: number; drawnBy: number } {
  const sample = Math.floor((slot - PROOF_SLOTS_FROM) / (arms + 1));
  return {
    operation: Math.floor(sample / SAMPLES),
    drawnBy: PROOF_SLOTS_FROM + sample * (arms + 1),
  };
}
