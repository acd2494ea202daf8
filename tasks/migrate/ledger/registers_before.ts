import { operationOfSlot } from "../../undo/may_write.ts";
import { registerKey } from "./register_key.ts";
import { readRegisters, registerId, type RegisterValues } from "./register_rows.ts";
import { readAtOnce } from "./sql.ts";
import type { LedgerOptions } from "./verify.ts";
import type { Register } from "./written.ts";

/** Slots walked through for the rows that they write: a long run asks for the same ones again and again. */
const MOST_SLOTS = 5_000_000;

/** Rows that a load's updates may write, by `registerId`: their keys. */
export interface PlannedKeys {
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether these are all: else the load may come to others. */
  readonly whole: boolean;
}

/** Which rows a load's updates are going to write, should it go on to the end of its plan. Needs memory for each of them. */
export function plannedKeys(
  { written, writes, mix, slots }: Pick<LedgerOptions, "written" | "writes" | "mix" | "slots">,
): PlannedKeys {
  const registers = written.map((one) => one?.kind === "register" ? one.register : null);
  const known = registersOf(written);
  const keys = new Map(known.map((register) => [registerId(register), new Set<string>()]));
  const operationOf = operationOfSlot(writes);
  const all = slots ?? Infinity;
  const until = known.length === 0 ? 0 : Math.min(all, MOST_SLOTS);
  for (let slot = 0; slot < until; slot++) {
    const operation = operationOf(slot);
    const register = registers[operation];
    // Rows of the run's own are not there before it.
    if (!register || register.key.back !== undefined) continue;
    keys.get(registerId(register))!.add(registerKey(register, slot, operation, { mix, writes }));
  }
  return { keys, whole: all <= MOST_SLOTS };
}

/**
 * What the rows hold that a load's updates are going to write, before it does: afterwards that tells a lost write from a
 * value that nobody wrote.
 * @throws {ServiceError} where the database cannot be reached; {InterruptedError} after `signal`
 */
export async function registersBefore(
  { url, written, signal }: Pick<LedgerOptions, "url" | "written" | "signal">,
  { keys }: PlannedKeys,
): Promise<RegisterValues> {
  const known = registersOf(written);
  if (known.length === 0) return new Map();
  return await readAtOnce(
    url,
    "benchbook-ledger",
    signal,
    async (client) => (await readRegisters(client, known, keys)).values,
  );
}

function registersOf(written: LedgerOptions["written"]): Register[] {
  return written.flatMap((one) => one?.kind === "register" ? [one.register] : []);
}
