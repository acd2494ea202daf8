import type { Client } from "pg";
import pg from "pg";
import { ledgerSql, Refused, tried } from "./ledger/sql.ts";
import type { Register } from "./ledger/written.ts";

const { escapeIdentifier: quoted } = pg;

/** A table as it was before a migration, and how its rows are divided. */
export interface SummedTable {
  readonly schema: string;
  readonly name: string;
  /** Columns that tell its rows apart; empty where nothing does. */
  readonly key: readonly string[];
  /** Columns that are summed, by name, with their types. */
  readonly columns: ReadonlyMap<string, string>;
  /** Of those that the load's updates set: which rows it may come to, which are left out there. */
  readonly updated: ReadonlyMap<string, readonly Updated[]>;
  /** Rows from this key on are the load's own; null where it writes none under reserved keys. */
  readonly reserved: { readonly column: string; readonly from: number } | null;
  /** The least keys of its ranges, ascending, and the greatest of all; null: all of it is one range. */
  readonly ranges: { readonly from: readonly string[]; readonly last: string } | null;
}

/** Rows that updates of the load may write. */
export interface Updated {
  readonly register: Register;
  readonly keys: ReadonlySet<string>;
}

/** Of each range of a table: its rows, and the sums of its columns. */
export type RangeSums = ReadonlyMap<
  number,
  { readonly rows: number; readonly sums: ReadonlyMap<string, bigint> }
>;

const INTEGER = /^(smallint|integer|bigint)$/;
const isNumber = (type: string) => INTEGER.test(type) || /^numeric\b/.test(type);

/** Types whose values are printed alike where they are equal. */
export function familyOf(type: string): string {
  if (isNumber(type)) return "number";
  return /^(text|character varying|character)\b/.test(type) ? "text" : type.replace(/\(\d+(,\d+)?\)/, "");
}

/** Whether ranges can be made of a column's values. */
export function isDivisible(type: string | undefined): boolean {
  return type !== undefined && INTEGER.test(type);
}

/** The rows that nobody writes while a load goes on. */
export function conditionOf({ reserved }: Pick<SummedTable, "reserved">): string {
  return reserved === null ? "true" : `(t.${quoted(reserved.column)} >= ${reserved.from}) IS NOT TRUE`;
}

/** Its name as SQL writes it. */
export function relationOf({ schema, name }: Pick<SummedTable, "schema" | "name">): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/**
 * Sums up a table, in one pass that PostgreSQL can divide among its workers.
 * @param types of its columns as they are by now
 * @param columns those to be summed
 * @returns what the server refused, also where it takes longer than the statement may
 */
export async function sumTable(
  client: Client,
  table: SummedTable,
  types: ReadonlyMap<string, string>,
  columns: readonly string[],
): Promise<RangeSums | Refused> {
  const seed = seedOf(table.key, types);
  const given: unknown[] = table.ranges === null ? [] : [table.ranges.from];
  const left = leftOut(table, types, columns, given);
  const sums = columns.map((column) => {
    const value = `t.${quoted(column)}`;
    // The scale is the column's, and not the value's.
    const text = /^numeric\b/.test(types.get(column)!) ? `trim_scale(${value})` : value;
    return `sum(hashtextextended(${text}::text COLLATE "C", ${seed}))${left.filterOf(column)}`;
  });
  const range = table.ranges === null
    ? "1"
    : `greatest(1, width_bucket(t.${quoted(table.key[0]!)}::bigint, $1::bigint[]))`;
  const text = ledgerSql("checksum.sql", {
    relation: relationOf(table),
    updated: left.joins,
    condition: conditionOf(table),
    range,
    sums: sums.join(", "),
  });
  const answer = await tried(
    client,
    () =>
      client.query<{ range: number; rows: number; sums: (string | null)[] }>(
        text,
        given,
      ),
  );
  if (answer instanceof Refused) return answer;
  return new Map(answer.rows.map((row) => [row.range, {
    rows: row.rows,
    sums: new Map(columns.map((column, at) => [column, BigInt(row.sums[at] ?? 0)])),
  }]));
}

/**
 * Leaves rows out of the sums of columns that the load may set there.
 * @param given the statement's values, which this adds to
 */
function leftOut(
  { updated }: SummedTable,
  types: ReadonlyMap<string, string>,
  columns: readonly string[],
  given: unknown[],
): { readonly joins: string; readonly filterOf: (column: string) => string } {
  const all = new Set(columns.flatMap((column) => updated.get(column) ?? []));
  const names = new Map([...all].map((one, at) => [one, `updated_${at}`]));
  const joins = [...names].map(([{ register: { key }, keys }, name]) => {
    given.push([...keys]);
    const list = `(SELECT DISTINCT unnest($${given.length}::${types.get(key.column)}[]))`;
    return `LEFT JOIN ${list} AS ${name} (key) ON ${name}.key = t.${quoted(key.column)}`;
  });
  const filterOf = (column: string) => {
    const own = updated.get(column) ?? [];
    return own.length === 0
      ? ""
      : ` FILTER (WHERE ${own.map((one) => `${names.get(one)}.key IS NULL`).join(" AND ")})`;
  };
  return { joins: joins.join("\n"), filterOf };
}

/** What a row's values are hashed with: integers of the key side by side, hashes of its other parts. */
function seedOf(key: readonly string[], types: ReadonlyMap<string, string>): string {
  if (key.length === 0) return "0";
  const parts = key.map((column, at) => {
    const value = `t.${quoted(column)}`;
    return INTEGER.test(types.get(column)!)
      ? `(${value}::bigint << ${at * 32 % 64})`
      : `hashtextextended(${value}::text COLLATE "C", ${at})`;
  });
  return `(${parts.join(" # ")})`;
}
