import type { Client } from "pg";
import { datasets } from "./catalog.ts";
import { openClient, translate, UNLIMITED } from "./connect.ts";
import { copyTable } from "./copy.ts";
import type { ColumnType } from "./custom.ts";
import type { DatasetTable, Shape } from "./dataset.ts";
import { primaryKeys } from "./ddl.ts";
import type { RowSum } from "./row_hash.ts";
import { schemaSql, transaction } from "./sql.ts";

/** What a loader must know to make rows; goes to workers by message. */
export interface LoaderSpec {
  /** The database; may hold a password and is never shown. */
  readonly url: string;
  readonly dataset: string;
  readonly shape: Shape;
  /** What the data set's `prepare` gave. */
  readonly prepared: unknown;
  /** The user's own column generators: their file as it was first read, and the columns as the server has them. */
  readonly custom:
    | { readonly path: string; readonly sha256: string; readonly columns: readonly ColumnType[] }
    | null;
}

/** Rows that one loader copies by one COPY. */
export interface CopyJob {
  /** Index into the data set's tables. */
  readonly table: number;
  /** Units from (inclusive) and to (exclusive). */
  readonly from: number;
  readonly to: number;
  /** The loader has the table for itself: it is emptied in the same transaction and its rows stored as frozen. */
  readonly whole: boolean;
}

export type RowParts = RowSum["parts"];

/** A connection to the database with the generator that feeds it. */
export interface Loader {
  /** The server's process, to cancel what it is at. */
  readonly pid: number;
  /** @param onRows rows of this job sent so far */
  copy(job: CopyJob, onRows: (rows: number) => void): Promise<RowParts>;
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** The tables as this request wants them: the data set's own, with the user's columns. */
export async function tablesOf(spec: Omit<LoaderSpec, "url">): Promise<readonly DatasetTable[]> {
  const { dataset, shape, prepared, custom } = spec;
  const tables = datasets[dataset]!.tables(shape, prepared);
  if (custom === null) return tables;
  // Only where it is wanted: every thread would wait for what validates the file.
  const { customised, loadCustomisation } = await import("./custom.ts");
  const customisation = await loadCustomisation(custom.path, "/", custom.sha256);
  return customised(tables, customisation, custom.columns, shape.seed, await primaryKeys(dataset));
}

/**
 * Opens a loader in this thread.
 * @param signal ends a COPY between two blocks
 * @throws {ServiceError} when the server cannot be reached; `copy` and `run` throw errors for the user
 */
export async function openLoader(spec: LoaderSpec, signal?: AbortSignal): Promise<Loader> {
  const tables = await tablesOf(spec);
  const client = await openClient(spec.url, undefined, UNLIMITED);
  try {
    const pid = await prepareSession(client);
    return {
      pid,
      copy: (job, onRows) => translated(() => copy(client, tables[job.table]!, job, onRows, signal)),
      run: (sql) => translated(async () => void await client.query(sql)),
      close: () => client.end().catch(() => {}),
    };
  } catch (error) {
    await client.end().catch(() => {});
    throw translate(error);
  }
}

async function copy(
  client: Client,
  table: DatasetTable,
  { from, to, whole }: CopyJob,
  onRows: (rows: number) => void,
  signal?: AbortSignal,
): Promise<RowParts> {
  const options = { from, to, freeze: whole, signal, onRows };
  const sum = await transaction(client, async () => {
    if (whole) await client.query(`TRUNCATE ONLY ${table.relation}`);
    return await copyTable(client, table, options);
  });
  return sum.parts;
}

async function prepareSession(client: Client): Promise<number> {
  await client.query(schemaSql("benchbook/session.sql"));
  // A server without the means refuses it; then an index build outlives a killed client, as it always did.
  await client.query("SET client_connection_check_interval = '1s'").catch(() => {});
  return (await client.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}
