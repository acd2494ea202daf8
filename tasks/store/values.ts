import { type DuckDBConnection, type DuckDBPreparedStatement, timestampValue } from "@duckdb/node-api";

/** What a query's parameter may be; a Date is taken as UTC. */
export type QueryParameter = string | number | bigint | boolean | null | Date;
/** Parameters of a query by name, without the `$`. */
export type QueryParameters = Readonly<Record<string, QueryParameter>>;

/**
 * The last statement of some SQL, with those of the parameters that it names (`$run`); those before it are run.
 * `use` gives what comes of it.
 */
export async function withLast<T>(
  connection: DuckDBConnection,
  sql: string,
  parameters: QueryParameters,
  use: (statement: DuckDBPreparedStatement) => Promise<T>,
): Promise<T> {
  const statements = await connection.extractStatements(sql);
  for (let at = 0;; at++) {
    const statement = await statements.prepare(at);
    try {
      if (at < statements.count - 1) await statement.run();
      else {
        bind(statement, parameters);
        return await use(statement);
      }
    } finally {
      statement.destroySync();
    }
  }
}

function bind(statement: DuckDBPreparedStatement, parameters: QueryParameters): void {
  const names = Array.from({ length: statement.parameterCount }, (_, at) => statement.parameterName(at + 1));
  statement.bind(Object.fromEntries(
    names.filter((name) => name in parameters).map((name) => {
      const value = parameters[name]!;
      return [name, value instanceof Date ? timestampValue(BigInt(value.getTime()) * 1000n) : value];
    }),
  ));
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
