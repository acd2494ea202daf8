import { type DuckDBValue, timestampValue } from "@duckdb/node-api";

/** What a query's parameter may be; a Date is taken as UTC. */
export type Parameter = string | number | bigint | boolean | null | Date;
/** Parameters of a query by name, without the `$`. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** The parameters that the statement names (`$run`), as DuckDB takes them; others are left out. */
export function bind(sql: string, parameters: Parameters): Record<string, DuckDBValue> {
  const code = sql.replaceAll(/--.*$/gm, "");
  const named = new Set([...code.matchAll(/\$([a-z_][a-z0-9_]*)/gi)].map((match) => match[1]!));
  const values: Record<string, DuckDBValue> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (named.has(name)) {
      values[name] = value instanceof Date ? timestampValue(BigInt(value.getTime()) * 1000n) : value;
    }
  }
  return values;
}

/**
 * A value of a result as plain JavaScript: BigInt → number, lists and structs likewise, dates stay dates.
 * Counts and microseconds are far below 2^53; a notebook's last expression shows nothing for a BigInt.
 */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}
