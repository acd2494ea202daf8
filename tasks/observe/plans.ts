import pg, { type ClientBase } from "pg";
import { parameterText } from "../targets/pg_values.ts";
import type { Value } from "../targets/target.ts";

/** A statement to explain, as a measured connection has it. */
export interface Explained {
  /** With `$1` for its first value. */
  readonly text: string;
  readonly write: boolean;
  /** PostgreSQL settings of the sessions that ask it. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * The plan of one statement as it really ran: EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON), its one element. A
 * connection under load has prepared the statement and asked it often, so that PostgreSQL may have settled on a plan
 * for any values; here it decides as it does there. A write is rolled back; what a rollback does not undo (sequences)
 * stays advanced.
 * @param values that it runs with
 * @param before others, one row for each time that it is planned before; PostgreSQL decides after five
 * @throws what PostgreSQL says, after the rollback.
 */
export async function explain(
  client: Pick<ClientBase, "query">,
  { text, write, settings = {} }: Explained,
  values: readonly Value[],
  before: readonly (readonly Value[])[] = [],
): Promise<unknown> {
  const name = pg.escapeIdentifier(`benchbook-plan-${crypto.randomUUID()}`);
  // A read goes into a transaction that refuses writes: a statement declared as a read by mistake fails here
  // and changes nothing.
  await client.query(write ? "BEGIN" : "BEGIN READ ONLY");
  let end = "ROLLBACK";
  try {
    // For the transaction alone: a pooler hands the session on to others.
    for (const setting of Object.entries(settings)) {
      await client.query("SELECT pg_catalog.set_config($1, $2, true)", setting);
    }
    await client.query(`PREPARE ${name} AS ${text}`);
    // The statement outlives the transaction. In one message, which a pooler does not part.
    end = `ROLLBACK; DEALLOCATE ${name}`;
    for (const others of before) await client.query(`EXPLAIN EXECUTE ${name}${argumentsOf(others)}`);
    const { rows } = await client.query<{ "QUERY PLAN": unknown[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON) EXECUTE ${name}${argumentsOf(values)}`,
    );
    return rows[0]?.["QUERY PLAN"][0] ?? null;
  } finally {
    await client.query(end);
  }
}

/** EXECUTE takes no parameters, only literals: of no type yet, as a parameter's text has none. */
function argumentsOf(values: readonly Value[]): string {
  const literals = values.map((value) => {
    const text = parameterText(value);
    return text === null ? "NULL" : pg.escapeLiteral(text);
  });
  return literals.length === 0 ? "" : `(${literals.join(", ")})`;
}
