import type { Client } from "pg";
import type { Dataset } from "./dataset.ts";
import { firstRow, schemaSql, transaction } from "./sql.ts";

/** The content of a data set's tables, reduced to numbers that are equal where the content is. */
export interface TableHashes {
  /** Rows and the sum of the rows' 64-bit hashes (a decimal number), by table. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly sum: string }>>;
  /** SHA-256 over all of them, the first 32 hex digits. */
  readonly hash: string;
}

/**
 * Hashes every table at one snapshot: equal for equal content on every server, whatever the rows' order on
 * disk, indexes or settings. Reads each table once.
 */
export async function hashTables(
  client: Client,
  dataset: Dataset,
  onTable?: (table: string) => void,
): Promise<TableHashes> {
  const sql = schemaSql("benchbook/hash.sql");
  const tables: Record<string, { rows: number; sum: string }> = {};
  await transaction(client, async () => {
    await client.query(schemaSql("benchbook/pin.sql"));
    for (const table of [...dataset.tableNames].sort()) {
      onTable?.(table);
      const { rows } = await client.query(sql.replace(":table", `${dataset.schema}.${table}`));
      tables[table] = rows[0];
    }
  }, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  const lines = Object.entries(tables).map(([table, { rows, sum }]) => `${table} ${rows} ${sum}\n`).join("");
  return { tables, hash: await sha256(lines) };
}

/** Bytes of the data set's tables with their indexes. */
export async function sizeOf(client: Client, dataset: Dataset): Promise<number> {
  return (await firstRow<{ bytes: number }>(client, "benchbook/size.sql", [dataset.schema]))!.bytes;
}

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
