import { PROOF_SLOTS_FROM } from "./plan.ts";
import type { LoadedScenario } from "./scenario.ts";

/** Samples of each operation that the comparison of paths takes. */
export const SAMPLES = 5;

/** The first of the slots that a sample has: one for SQL and one for each arm. */
export function proofSlot(operation: number, sample: number, arms: number): number {
  return PROOF_SLOTS_FROM + (operation * SAMPLES + sample) * (arms + 1);
}

/** Every slot under which the comparison of so many arms may write. */
export function proofSlots(
  { operations }: Pick<LoadedScenario, "operations">,
  arms: number,
): { slot: number; operation: number }[] {
  return operations.flatMap(({ write }, operation) =>
    !write
      ? []
      : Array.from({ length: SAMPLES }, (_, sample) => proofSlot(operation, sample, arms)).flatMap((first) =>
        Array.from({ length: arms + 1 }, (_, at) => ({ slot: first + at, operation }))
      )
  );
}

/** What a slot of the comparison asks: the operation, and the slot whose values every arm is given beside its own key. */
export function proofRequest(slot: number, arms: number): { operation: number; drawnBy: number } {
  const sample = Math.floor((slot - PROOF_SLOTS_FROM) / (arms + 1));
  return {
    operation: Math.floor(sample / SAMPLES),
    drawnBy: PROOF_SLOTS_FROM + sample * (arms + 1),
  };
}
