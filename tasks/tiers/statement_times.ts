import { placeOfUrl } from "../postgres/place.ts";
import { withClient } from "../seed/connect.ts";
import { tierSql } from "./tier_sql.ts";

/** What a statement took in a database so far. */
export interface StatementTime {
  readonly calls: number;
  readonly ms: number;
}

/** Of several databases of one server, by `keyOf`. */
export type StatementTimes = ReadonlyMap<string, StatementTime>;

/**
 * A statement in a database. PostgreSQL keeps one of its texts, with other constants and numbers of parameters than another
 * has, and from version 18 on without the comments before it.
 */
export function keyOf(database: string, text: string): string {
  const alike = text.replace(/--[^\n]*/g, "").replace(/\$\d+|'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b/g, "?").replace(
    /\s+/g,
    " ",
  ).trim();
  return `${database}\n${alike.replace(/;$/, "")}`;
}

/** @param url of a database with pg_stat_statements; may hold a password @throws where that cannot be read */
export async function statementTimes(url: string, databases: readonly string[]): Promise<StatementTimes> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<
      StatementTime & { readonly database: string; readonly query: string }
    >(
      tierSql("statements.sql"),
      [databases],
    );
    const times = new Map<string, StatementTime>();
    for (const { database, query, calls, ms } of rows) {
      const key = keyOf(database, query);
      const before = times.get(key) ?? { calls: 0, ms: 0 };
      times.set(key, { calls: before.calls + calls, ms: before.ms + ms });
    }
    return times;
  });
}

/** What a statement took between two readings. */
export function between(
  before: StatementTimes,
  after: StatementTimes,
  url: string,
  text: string,
): StatementTime {
  const key = keyOf(databaseAt(url), text);
  const [from, to] = [before.get(key), after.get(key)];
  return { calls: (to?.calls ?? 0) - (from?.calls ?? 0), ms: (to?.ms ?? 0) - (from?.ms ?? 0) };
}

export function databaseAt(url: string): string {
  return placeOfUrl(url).database;
}
