import { type DecidingValues, registerKey } from "./register_key.ts";
import { registerId, type RegisterValues } from "./register_rows.ts";
import type { Always } from "./slot_outcomes.ts";
import type { Written } from "./written.ts";

/**
 * Which writes those are: a server that answers them without a row has acknowledged them all the same. Such are
 * INSERT … VALUES, and an UPDATE by its key of a row that was there before.
 */
export function alwaysWrites(
  { written, registers, ...deciding }: DecidingValues & {
    readonly written: readonly (Written | null)[];
    readonly registers?: RegisterValues;
  },
): Always {
  return (slot, operation) => {
    const one = written[operation];
    if (one?.kind === "rows") return one.always;
    if (one?.kind !== "register") return false;
    const { register } = one;
    const key = registerKey(register, slot, operation, deciding);
    return registers?.get(registerId(register))?.has(key) ?? false;
  };
}
