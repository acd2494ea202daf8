import { join } from "node:path";
import type { Client } from "pg";

/** Where the SQL of the data sets and of the marker lies. */
export const SCHEMA_FOLDER = join(import.meta.dirname!, "../../queries/schema");

/** The text of queries/schema/<file>. */
export function schemaSql(file: string): string {
  return Deno.readTextFileSync(join(SCHEMA_FOLDER, file));
}

/** The first row that the statement in queries/schema/<file> gives. */
export async function firstRow<Row extends object>(
  client: Client,
  file: string,
  values: readonly unknown[] = [],
): Promise<Row | undefined> {
  const { rows } = await client.query<Row>(schemaSql(file), [...values]);
  return rows[0];
}

/** Runs `work` in one transaction; rolls back when it throws. */
export async function transaction<T>(client: Client, work: () => Promise<T>, begin = "BEGIN"): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // On a lost connection there is nothing left to roll back, and the first error says why.
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
