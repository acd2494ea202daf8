import type { ClientBase } from "pg";

/**
 * The plan of one statement as it really ran: EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON), its one
 * element. A write is rolled back; what a rollback does not undo (sequences) stays advanced.
 * @param settings of PostgreSQL that it is planned under
 * @throws what PostgreSQL says, after the rollback.
 */
export async function explain(
  client: Pick<ClientBase, "query">,
  statement: string,
  values: readonly unknown[],
  write: boolean,
  settings: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const text = `EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON) ${statement}`;
  // A read goes into a transaction that refuses writes: a statement declared as a read by mistake fails here
  // and changes nothing.
  await client.query(write ? "BEGIN" : "BEGIN READ ONLY");
  try {
    // For the transaction alone: a pooler hands the session on to others.
    for (const setting of Object.entries(settings)) {
      await client.query("SELECT pg_catalog.set_config($1, $2, true)", setting);
    }
    const { rows } = await client.query<{ "QUERY PLAN": unknown[] }>(text, [...values]);
    return rows[0]?.["QUERY PLAN"][0] ?? null;
  } finally {
    await client.query("ROLLBACK");
  }
}
