import type { PgClient } from "../postgres/client.ts";
import type { RelationFacts } from "./facts.ts";
import { predictSql } from "./predict_sql.ts";

/** A column with what the statistics know of its values: a row of queries/predict/columns.sql. */
export interface ColumnFacts {
  /** Quoted where it must be. */
  readonly name: string;
  readonly type: string;
  /** As pg_type has it: `N` numbers, `S` texts, `D` times, `B` booleans. */
  readonly category: string;
  /** Characters that fit in; null: any number. */
  readonly most: number | null;
  readonly generated: boolean;
  /** Share of rows without a value. */
  readonly nulls: number;
  /** Bytes on average. */
  readonly width: number;
  /** Different values; below 0: as a share of the rows. */
  readonly distinct: number;
  /** How far the rows lie in the order of the values, 0 to 1. */
  readonly correlation: number;
  /** The least number or day that they know of; null: none, or it is of another type. Tables are joined by such values. */
  readonly least: string | null;
}

/** Where likenesses are: a schema of ours, dropped at the end. */
export const SCHEMA = "benchbook_likeness";

/** Steps through any number of rows that it does not divide, and comes to each once. */
const PRIME = 1_000_003;

const NONE = "NULL";

const FIRST_DAY = "2000-01-01";

/** Rows with values like these lie in their order. */
const IN_ORDER = 0.9;

/**
 * Makes a table that is like another one, with rows of its own: as wide, with as many different values in as much order.
 * The other's rows are not read.
 * @param name of the new one, with its schema
 * @param given expressions for columns by name, of the row's number `i`, in place of those that are like the other's
 */
export async function makeLikeness(
  client: Pick<PgClient, "query">,
  name: string,
  its: RelationFacts,
  n: number,
  given: Readonly<Record<string, string>> = {},
): Promise<readonly ColumnFacts[]> {
  const { rows: columns } = await client.query<ColumnFacts>(predictSql("columns.sql"), [its.origin]);
  await client.query(`CREATE TABLE ${name} (LIKE ${its.origin} INCLUDING STORAGE INCLUDING COMPRESSION)`);
  const values = columns.map((column) => given[column.name] ?? valueOf(column, n, its.rows));
  await client.query(
    `INSERT INTO ${name} (${columns.map((column) => column.name).join(", ")}) ` +
      `SELECT ${values.join(", ")} FROM generate_series(1, ${n}) AS made (i)`,
  );
  return columns;
}

/** The value of a column in the row `i` of `n`, as an expression. @param rows that the other table has */
export function valueOf(column: ColumnFacts, n: number, rows: number): string {
  const value = typed(column, rankOf(column, n, rows));
  // One that none can be made for stays empty, and NULL fits every type.
  if (column.nulls === 0 || value === NONE) return value;
  return `CASE WHEN (i * 7919::bigint) % 1000 >= ${Math.round(column.nulls * 1000)} THEN ${value} END`;
}

/** Which of its different values a row has, from 0. */
function rankOf({ distinct, correlation }: ColumnFacts, n: number, rows: number): string {
  // A number of values stays what it is in fewer rows, a share stays a share.
  const own = distinct < 0 ? -distinct * n : Math.min(distinct, rows) === rows ? n : distinct;
  const values = Math.max(1, Math.min(n, Math.round(own)));
  if (correlation >= IN_ORDER) return `(i - 1) * ${values}::bigint / ${n}`;
  // One of each: a key's, of which a hash would leave some out and give others twice.
  if (values === n) return `i * ${n % PRIME === 0 ? 1 : PRIME}::bigint % ${n}`;
  return `(hashint8(i)::bigint & 2147483647) % ${values}`;
}

function typed({ type, category, most, width, least }: ColumnFacts, rank: string): string {
  switch (category) {
    case "N":
      if (type === "int2") return `((${rank}) % 32767)::int2`;
      // Most have cents, and take longer to add up for it.
      return type === "numeric" ? `round((${rank}) / 100.0, 2)` : `(${rank} + ${least ?? 0})::${type}`;
    case "S": {
      const bytes = Math.max(1, Math.min(Math.round(width) - 1, most ?? Infinity));
      return `left(${
        Array.from({ length: Math.ceil(bytes / 32) }, () => `md5((${rank})::text)`).join(" || ")
      }, ${bytes})`;
    }
    case "D":
      return type === "date"
        ? `date '${least ?? FIRST_DAY}' + ((${rank}) % 20000)::int`
        : type.startsWith("timestamp")
        ? `timestamp '${least ?? FIRST_DAY}' + (${rank}) * interval '1 min'`
        : NONE;
    case "B":
      return `(${rank}) % 2 = 0`;
    default:
      return type === "uuid" ? `md5((${rank})::text)::uuid` : NONE;
  }
}
