import pg, { type Client } from "pg";
import type { KeyRange } from "./key_ranges.ts";
import type { MovedTable } from "./moved_tables.ts";
import { moveSql } from "./move_sql.ts";

const { escapeIdentifier: quoted } = pg;

/** Of rows that are there, by their keys as JSON of texts. */
export type RowHashes = ReadonlyMap<string, string>;

/** Those of named keys. */
export async function hashesOf(
  client: Client,
  { relation, key, types }: MovedTable,
  keys: ReadonlyMap<string, readonly string[]>,
): Promise<RowHashes> {
  const names = key.map((_, nth) => `k${nth}`);
  const text = moveSql("hash_rows.sql", {
    relation,
    arrays: types.map((type, nth) => `$${nth + 1}::text[]::${type}[]`).join(", "),
    names: names.join(", "),
    condition: key.map((column, nth) => `t.${quoted(column)} = named.${names[nth]}`).join(" AND "),
  });
  const [texts, values] = [[...keys.keys()], [...keys.values()]];
  const { rows } = await client.query<{ place: number; hash: string }>(
    text,
    key.map((_, nth) => values.map((row) => row[nth]!)),
  );
  return new Map(rows.map(({ place, hash }) => [texts[place - 1]!, hash]));
}

/** Those of a range of keys. */
export async function hashesIn(
  client: Client,
  { relation, key }: MovedTable,
  { condition, values }: KeyRange,
): Promise<RowHashes> {
  const columns = key.map((column) => `format('%s', t.${quoted(column)})`).join(", ");
  const { rows } = await client.query<{ key: string; hash: string }>(
    moveSql("hash_range.sql", { relation, columns, condition }),
    [...values],
  );
  return new Map(rows.map(({ key, hash }) => [JSON.stringify(JSON.parse(key)), hash]));
}

/** How a row differs that the one side has, or not, and the other one; as the end of a sentence. */
export function differenceOf(key: string, from: RowHashes, to: RowHashes): string {
  return !from.has(key) ? "is there and must not be" : to.has(key) ? "has other values" : "is not there";
}
