import type { Client } from "pg";
import { cloneSql } from "./clone_sql.ts";

/** A table as SQL names it. */
export interface NamedTable {
  /** Null where the search path finds it. */
  readonly schema: string | null;
  readonly table: string;
}

/**
 * Foreign tables that writes reach: what is written there lies on another server, also where a clone writes, and stays
 * when that is dropped.
 */
export async function foreignTables(client: Client, written: readonly NamedTable[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(cloneSql("foreign.sql"), [
    written.map(({ schema }) => schema),
    written.map(({ table }) => table),
  ]);
  return rows.map(({ name }) => name);
}
