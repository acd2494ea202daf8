import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { tablesWritten } from "../postgres/sql_writes.ts";
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

/**
 * Refuses a statement that writes outside of the clone that it is to run on: that would not go with it.
 * @param what cannot be done then, for messages
 * @throws {UsageError} with file and line, before anything is written
 */
export async function refuseBeyond(
  client: Client,
  what: string,
  { file, line, text }: { readonly file: string; readonly line: number; readonly text: string },
): Promise<void> {
  const written = await tablesWritten(text, { file, line });
  const beyond = written.length === 0 ? [] : await beyondClone(client, written);
  if (beyond.length === 0) return;
  throw new UsageError(
    `Cannot ${what} ${file}:${line}: it writes into ${
      beyond.join(" and ")
    }, and that would not go with the clone`,
    "Nothing was changed there. Leave that statement out.",
  );
}
