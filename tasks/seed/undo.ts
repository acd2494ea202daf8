import type { Client } from "pg";
import { datasets } from "./catalog.ts";
import { withClient } from "./connect.ts";
import type { Dataset } from "./dataset.ts";
import { schemaSql } from "./sql.ts";

/**
 * Removes every row with a reserved key, so that the data is again as it was seeded, and vacuums what was
 * changed: dead rows left behind would bring autovacuum into the next measurement. A function of the state
 * alone, so it may be called after a crash and any number of times. Not inside a transaction.
 *
 * @param database a URL, or a connection that is open
 * @returns rows deleted by table
 */
export async function undoWrites(database: string | Client, name: string): Promise<Record<string, number>> {
  if (typeof database === "string") return await withClient(database, (client) => undoWrites(client, name));
  const dataset = datasets[name]!;
  const { rows } = await database.query(schemaSql(`${name}/undo.sql`), [dataset.reservedBase]);
  const deleted = rows[0] as Record<string, number>;
  for (const [table, count] of Object.entries(deleted)) {
    if (count > 0) await database.query(`VACUUM (ANALYZE) ${relationOf(dataset, table)}`);
  }
  return deleted;
}

function relationOf({ reservedIn, tableSchemas }: Dataset, table: string): string {
  return reservedIn?.[table] ?? `${tableSchemas[table]}.${table}`;
}
