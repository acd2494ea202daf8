import type pg from "pg";
import { migrateSql } from "./migrate_sql.ts";

/** A relation and the file that it is in: a row of queries/migrate/relfilenodes.sql. */
export interface Relfilenode {
  readonly oid: string;
  /** Schema and name. */
  readonly name: string;
  /** Of the table that it belongs to, or its own. */
  readonly table: string;
  readonly isIndex: boolean;
  readonly file: string;
}

const RELFILENODES = migrateSql("relfilenodes.sql");

/** Reads the files of the users' relations as the session sees them, what its transaction did included. */
export async function relfilenodes(client: Pick<pg.ClientBase, "query">): Promise<readonly Relfilenode[]> {
  return (await client.query<Relfilenode>(RELFILENODES)).rows;
}

/**
 * The relations that were written anew: those that are the same ones, whatever they are called by now, and in another
 * file. A table stands for its TOAST table and its indexes; an index of a table that was left alone, for itself.
 * @returns names as they are afterwards, in their order
 */
export function rewrittenBetween(
  before: readonly Relfilenode[],
  after: readonly Relfilenode[],
): readonly string[] {
  const files = new Map(before.map(({ oid, file }) => [oid, file]));
  const names = new Map(after.map(({ oid, name }) => [oid, name]));
  const changed = after.filter(({ oid, file }) => (files.get(oid) ?? file) !== file);
  const tables = new Set(changed.filter(({ isIndex }) => !isIndex).map(({ table }) => table));
  const indexes = changed.filter(({ isIndex, table }) => isIndex && !tables.has(table)).map(({ oid }) => oid);
  return [...tables, ...indexes].flatMap((oid) => names.get(oid) ?? []).sort();
}
