import type { ClientBase } from "pg";

/**
 * The plan of one statement as it really ran: EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON), its one
 * element. A write is rolled back; what a rollback does not undo (sequences) stays advanced.
 * @throws what PostgreSQL says, after the rollback.
 */
export async function explain(
  client: Pick<ClientBase, "query">,
  statement: string,
  values: readonly unknown[],
  write: boolean,
): Promise<unknown> {
  const text = `EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON) ${statement}`;
  // A read goes into a transaction that refuses writes: a statement declared as a read by mistake fails here
  // and changes nothing.
  await client.query(write ? "BEGIN" : "BEGIN READ ONLY");
  try {
    const { rows } = await client.query<{ "QUERY PLAN": unknown[] }>(text, [...values]);
    return rows[0]?.["QUERY PLAN"][0] ?? null;
  } finally {
    await client.query("ROLLBACK");
  }
}
