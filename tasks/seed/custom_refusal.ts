import type { DatabaseError } from "pg";

/** Data that do not fit their type, constraints that a row breaks, and what is too large or nested too deep. */
const OF_A_VALUE = /^(22|23|54)/;

/**
 * Which field PostgreSQL refused in a COPY: the line, counted from 1, and the column.
 * @param relation that was copied into, without its schema
 * @param columns those that may be meant
 * @returns null where it is none of these columns, or the error is not about a value
 */
export function refusedPlace(
  { code, where, column }: Partial<DatabaseError>,
  relation: string,
  columns: readonly string[],
): { readonly line: number; readonly column: string } | null {
  // `COPY orders, line 3, column freight: "x"`, or `COPY orders, line 3: "the whole line"`. Servers say it in many
  // languages: the order of names and numbers is the same in all of them.
  const [, line, rest] = /(\d+)(.*)/s.exec(where?.replace(relation, "") ?? "") ?? [];
  if (line === undefined || !OF_A_VALUE.test(code ?? "")) return null;
  const name = column ?? /^[^:"]*?(\w+)\s*:/.exec(rest!)?.[1];
  return name !== undefined && columns.includes(name) ? { line: Number(line), column: name } : null;
}
