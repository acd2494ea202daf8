import { type Mix, NOT_CAPTURED } from "../../load/mix.ts";
import { registerId, type RegisterValues, textOf } from "./register_rows.ts";
import type { Always } from "./slot_outcomes.ts";
import type { Written } from "./written.ts";

/**
 * Which writes those are: a server that answers them without a row has acknowledged them all the same. Such are
 * INSERT … VALUES, and an UPDATE by its key of a row that was there before.
 */
export function alwaysWrites(
  { written, mix, registers }: {
    readonly written: readonly (Written | null)[];
    readonly mix: Mix;
    readonly registers?: RegisterValues;
  },
): Always {
  return (slot, operation) => {
    const one = written[operation];
    if (one?.kind === "rows") return one.always;
    if (one?.kind !== "register") return false;
    const { register } = one;
    const key = textOf(mix.valuesOf(slot, operation, NOT_CAPTURED)[register.key.param]);
    return registers?.get(registerId(register))?.has(key) ?? false;
  };
}
