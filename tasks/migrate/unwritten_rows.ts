import { crc32 } from "node:zlib";
import type { Client } from "pg";
import type { Checksum } from "../model/migration.ts";
import { isSame, readRegisters, registerId, type RegisterValues } from "./ledger/register_rows.ts";
import type { Register } from "./ledger/written.ts";

/** Rows that a load might have updated and did not come to: of these their values are known from before it. */
export interface UnwrittenRows {
  readonly first: RegisterValues;
  /** Those that it did come to, or may have, by `registerId`. */
  readonly updated: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What these rows have in the column of a register, before and after. */
export interface UnwrittenComparison {
  readonly checksums: readonly Checksum[];
  /** As text; null: they are what they were. */
  readonly different: string | null;
}

/**
 * Compares the values of a register in rows that no update of the load came to.
 * @returns null where there are none, or they cannot be read
 */
export async function compareUnwritten(
  client: Client,
  register: Register,
  { first, updated }: UnwrittenRows,
): Promise<UnwrittenComparison | null> {
  const id = registerId(register);
  const written = updated.get(id);
  const before = [...first.get(id) ?? []].filter(([key]) => written?.has(key) !== true);
  if (before.length === 0) return null;
  const keys = new Map([[id, new Set(before.map(([key]) => key))]]);
  const { values, refusals } = await readRegisters(client, [register], keys);
  if (refusals.has(id)) return null;
  const after = before.map(([key]) => [key, values.get(id)!.get(key) ?? []] as const);
  const other = before.find(([, own], at) => !areSame(own, after[at]![1]));
  const ordered = before.map(([key]) => key).sort(byNumber);
  const sum = String(sumOf(before));
  // Rows are counted with the others; the names of ranges tell these from them.
  const range = {
    relation: register.table,
    fromKey: `(${register.value.column}) ${ordered[0]}`,
    toKey: ordered.at(-1)!,
    rows: 0,
  };
  return {
    checksums: [
      { ...range, moment: "before", sum },
      { ...range, moment: "after", sum: other === undefined ? sum : String(sumOf(after)) },
    ],
    different: other === undefined
      ? null
      : `${register.table} ${register.key.column} ${other[0]}: another value in ${register.value.column}`,
  };
}

type Row = readonly [key: string, values: readonly (string | null)[]];

function areSame(one: Row[1], other: Row[1]): boolean {
  return one.length === other.length && one.every((value, at) => isSame(value, other[at]!));
}

function sumOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + crc32(JSON.stringify(row)), 0);
}

function byNumber(one: string, other: string): number {
  return Number(one) - Number(other) || (one < other ? -1 : 1);
}
