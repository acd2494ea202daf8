import type { LedgerEntry } from "../../model/migration.ts";

/**
 * The entries of the same writes at several servers as one ledger: what is wrong at one of them is wrong, and what could
 * not be looked at everywhere is not verified.
 * @param entries of each server, the one first that clients are at
 */
export function mergeLedgers(entries: readonly (readonly LedgerEntry[])[]): LedgerEntry[] {
  const merged = new Map<number, LedgerEntry>();
  for (const entry of entries.flat()) {
    const before = merged.get(entry.slot);
    merged.set(entry.slot, before === undefined ? entry : worse(before, entry));
  }
  return [...merged.values()].sort((a, b) => a.slot - b.slot);
}

function worse(one: LedgerEntry, other: LedgerEntry): LedgerEntry {
  if (one.problem !== null) return one;
  if (other.problem !== null) return { ...one, verified: other.verified, problem: other.problem };
  // Of a write that nobody answered it may be either; at both servers it must be the same.
  if (one.verified !== null && other.verified !== null && one.verified !== other.verified) {
    return { ...one, verified: false, problem: one.verified ? "lost" : "refused but present" };
  }
  return { ...one, verified: one.verified === null || other.verified === null ? null : one.verified };
}
