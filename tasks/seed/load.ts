import type { Client } from "pg";
import { copyTable } from "./copy.ts";
import type { Dataset, Table } from "./dataset.ts";
import type { SeedProgress } from "./progress.ts";
import { schemaSql, statements, transaction } from "./sql.ts";

/**
 * Fills the data set's empty tables, then adds keys, indexes and functions and gathers statistics.
 * @returns rows by table
 */
export async function load(
  client: Client,
  dataset: Dataset,
  tables: readonly Table[],
  progress: (progress: SeedProgress) => void,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const { schema } = dataset;
  const counts = await copyAll(client, dataset, tables, progress, signal);

  const steps = async (stage: SeedProgress["stage"], list: readonly { text: string; table: string }[]) => {
    for (const [done, { text, table }] of list.entries()) {
      signal?.throwIfAborted();
      progress({ stage, table, done, total: list.length });
      await client.query(text);
    }
  };
  await steps("constraints", statements(schemaSql(`${dataset.name}/constraints.sql`), schema));
  await steps("indexes", statements(schemaSql(`${dataset.name}/indexes.sql`), schema));
  await steps("functions", [{ text: schemaSql(`${dataset.name}/functions.sql`), table: schema }]);
  // Not only ANALYZE: without a visibility map index-only scans visit the table, and autovacuum would come for
  // the new tables in the middle of the first measurement.
  await steps(
    "analyze",
    tables.map(({ name }) => ({ text: `VACUUM (FREEZE, ANALYZE) ${schema}.${name}`, table: name })),
  );
  return counts;
}

async function copyAll(
  client: Client,
  { schema }: Dataset,
  tables: readonly Table[],
  progress: (progress: SeedProgress) => void,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    signal?.throwIfAborted();
    const report = (done: number) => progress({ stage: "copy", table: table.name, done, total: table.rows });
    report(0);
    counts[table.name] = await transaction(client, async () => {
      // Emptied in the same transaction, so that COPY may store the rows as frozen.
      await client.query(`TRUNCATE ${schema}.${table.name}`);
      return await copyTable(client, table, {
        schema,
        from: 0,
        to: table.units,
        freeze: true,
        signal,
        onRows: report,
      });
    });
  }
  return counts;
}
