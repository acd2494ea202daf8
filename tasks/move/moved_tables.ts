import type { Client } from "pg";
import { moveSql } from "./move_sql.ts";

/** A table that holds rows of its own. */
export interface MovedTable {
  readonly schema: string;
  readonly name: string;
  /** As SQL writes it. */
  readonly relation: string;
  /** Of the primary key. */
  readonly key: readonly string[];
  /** Of its columns. */
  readonly types: readonly string[];
  /** About so many. */
  readonly rows: number;
  readonly bytes: number;
}

/** What moves. */
export interface MovedTables {
  /** Those with rows of their own: ordinary tables and partitions. */
  readonly tables: readonly MovedTable[];
  /** All relations that a statement can name, as SQL writes them. */
  readonly named: readonly string[];
  /** Those that are no parts of others, likewise. */
  readonly roots: readonly string[];
}

/** The tables of schemas. */
export async function movedTables(client: Client, schemas: readonly string[]): Promise<MovedTables> {
  const { rows } = await client.query<
    MovedTable & { partitioned: boolean; partition: boolean }
  >(moveSql("tables.sql"), [schemas]);
  return {
    tables: rows.filter(({ partitioned }) => !partitioned).map((table) => ({
      ...table,
      key: table.key ?? [],
      types: table.types ?? [],
    })),
    named: rows.map(({ relation }) => relation),
    roots: rows.filter(({ partition }) => !partition).map(({ relation }) => relation),
  };
}
