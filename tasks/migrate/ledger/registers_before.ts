import { operationOfSlot } from "../../undo/may_write.ts";
import { readRegisters, registerId, type RegisterValues, textOf } from "./register_rows.ts";
import { readAtOnce } from "./sql.ts";
import type { LedgerOptions } from "./verify.ts";
import type { Register } from "./written.ts";

/** Slots walked through for the rows that they write: a long run asks for the same ones again and again. */
const MOST_SLOTS = 5_000_000;

/**
 * What the rows hold that a load's updates are going to write, before it does: afterwards that tells a lost write from a
 * value that nobody wrote. Needs memory for each of these rows.
 * @throws {ServiceError} where the database cannot be reached; {InterruptedError} after `signal`
 */
export async function registersBefore(
  { url, written, writes, mix, slots, signal }: Pick<
    LedgerOptions,
    "url" | "written" | "writes" | "mix" | "slots" | "signal"
  >,
): Promise<RegisterValues> {
  const registers: (Register | null)[] = written.map((one) => one?.kind === "register" ? one.register : null);
  const known = registers.filter((register) => register !== null);
  if (known.length === 0) return new Map();
  const keys = new Map(known.map((register) => [registerId(register), new Set<string>()]));
  const operationOf = operationOfSlot(writes);
  const until = Math.min(slots ?? Infinity, MOST_SLOTS);
  for (let slot = 0; slot < until; slot++) {
    const operation = operationOf(slot);
    const register = registers[operation];
    if (!register) continue;
    keys.get(registerId(register))!.add(textOf(mix.valuesOf(slot, operation)[register.key.param]));
  }
  return await readAtOnce(
    url,
    "benchbook-ledger",
    signal,
    async (client) => (await readRegisters(client, known, keys)).values,
  );
}
