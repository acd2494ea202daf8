import type { Client } from "pg";
import { cloneSql } from "./clone_sql.ts";

/** A table as SQL names it. */
export interface NamedTable {
  /** Null where the search path finds it. */
  readonly schema: string | null;
  readonly table: string;
}

/**
 * Tables that writes reach outside of the database: what is written there, also out of a clone, stays when that is dropped.
 * @returns each as a part of a sentence
 */
export async function beyondClone(client: Client, written: readonly NamedTable[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; shared: boolean }>(cloneSql("beyond.sql"), [
    written.map(({ schema }) => schema),
    written.map(({ table }) => table),
  ]);
  return rows.map(({ name, shared }) =>
    shared
      ? `${name}, which all databases of the server share`
      : `the foreign table ${name}, which lies on another server`
  );
}
