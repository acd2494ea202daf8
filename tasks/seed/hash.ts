import { createHash } from "node:crypto";
import type { Client } from "pg";
import { copyOut } from "./copy_out.ts";
import type { Dataset } from "./dataset.ts";
import { RowSum } from "./row_hash.ts";
import { firstRow, schemaSql, transaction } from "./sql.ts";

/** What a table holds: rows, and the sum of their hashes as 16 hex digits (see `RowSum`). */
export interface TableSum {
  readonly rows: number;
  readonly sum: string;
}

/** SHA-256 over the tables' names, rows and sums in alphabetical order, the first 32 hex digits. */
export function contentHash(tables: Readonly<Record<string, TableSum>>): string {
  const lines = Object.keys(tables).sort().map((name) =>
    `${name} ${tables[name]!.rows} ${tables[name]!.sum}\n`
  );
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 32);
}

/**
 * Reads tables back at one snapshot, by default all, and sums what comes: equal for equal content on every server,
 * whatever the rows' order on disk, indexes or settings, and equal to what was taken over Benchbook's own rows as
 * they were sent.
 */
export async function sumTables(
  client: Client,
  { tableSchemas }: Dataset,
  onTable?: (table: string) => void,
  names = Object.keys(tableSchemas),
): Promise<Readonly<Record<string, TableSum>>> {
  const tables: Record<string, TableSum> = {};
  await transaction(client, async () => {
    await client.query(schemaSql("benchbook/pin.sql"));
    for (const table of names) {
      onTable?.(table);
      const sum = await hashRelation(client, `${tableSchemas[table]}.${table}`);
      tables[table] = { rows: sum.rows, sum: sum.hex };
    }
  }, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  return tables;
}

/** Sums the rows of one table or partitioned table, its columns in their order. */
export async function hashRelation(client: Client, relation: string): Promise<RowSum> {
  const sum = new RowSum();
  await copyOut(
    client,
    `COPY (SELECT * FROM ${relation}) TO STDOUT`,
    (line) => sum.add(line, 0, line.length - 1),
  );
  return sum;
}

/** Bytes of the data set's tables with their indexes. */
export async function sizeOf(client: Client, dataset: Dataset): Promise<number> {
  return (await firstRow<{ bytes: number }>(client, "benchbook/size.sql", [dataset.schemas]))!.bytes;
}
