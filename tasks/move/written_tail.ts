import type { Buffer } from "node:buffer";
import type { Client } from "pg";
import { schemaSql } from "../seed/sql.ts";
import type { MovedTable } from "./moved_tables.ts";
import { moveSql } from "./move_sql.ts";
import { readWritten } from "./written_keys.ts";

/** The end of a server's log, over a slot that goes with its session. */
export interface TailOptions {
  /** A session of its own. */
  readonly from: Client;
  readonly tables: readonly MovedTable[];
  /** At `from`: its changes are read. */
  readonly publication: string;
  readonly slot: string;
  /** The replication origin by which rows come to `from` that were written at the other server; null: none do. */
  readonly origin: string | null;
}

/** A row that was written. */
export interface WrittenRow {
  readonly table: MovedTable;
  /** In the key's order. */
  readonly key: readonly string[];
  /** Whether it came from the other server. */
  readonly carried: boolean;
}

/** What was written into tables. */
export interface WrittenTail {
  readonly keys: readonly WrittenRow[];
  /** Those that were emptied. */
  readonly truncated: readonly MovedTable[];
}

/** The origin that a subscription of a server's brings rows by; null: there is no such subscription. */
export async function originOf(client: Client, subscription: string): Promise<string | null> {
  const { rows: [found] } = await client.query<{ origin: string }>(
    "SELECT 'pg_' || oid AS origin FROM pg_subscription WHERE subname = $1",
    [subscription],
  );
  return found?.origin ?? null;
}

/** Begins to note what is written at `from`; rows are printed alike at both from now on. */
export async function beginTail({ from, slot }: TailOptions, to: Client): Promise<void> {
  for (const client of [from, to]) {
    await client.query(schemaSql("benchbook/pin.sql").replaceAll("SET LOCAL", "SET"));
  }
  await from.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput', true)", [slot]);
}

/** What was written since this was last asked. @param lsn up to there; null: up to now */
export async function readTail(
  { from, slot, publication, tables, origin: theirs }: TailOptions,
  lsn: string | null,
): Promise<WrittenTail> {
  const { rows } = await from.query<{ data: Buffer }>(moveSql("tail.sql"), [slot, publication, lsn]);
  const written = readWritten(rows.map(({ data }) => data));
  // By name: oids are each server's own.
  const tableOf = (oid: number) => {
    const told = written.tables.get(oid);
    return tables.find(({ schema, name }) => schema === told?.schema && name === told.name);
  };
  const keys = written.keys.flatMap(({ oid, values, origin }): WrittenRow[] => {
    const table = tableOf(oid);
    // A partitioned table's rows are told by their partitions.
    if (table === undefined) return [];
    const { columns } = written.tables.get(oid)!;
    const key = table.key.map((name) => values[columns.indexOf(name)]);
    return key.every((value) => typeof value === "string")
      ? [{ table, key, carried: origin !== null && origin === theirs }]
      : [];
  });
  return { keys, truncated: written.truncated.flatMap((oid) => tableOf(oid) ?? []) };
}
