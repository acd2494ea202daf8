import type { Client } from "pg";
import { transaction } from "../seed/sql.ts";
import { type MoveNames, moveSql } from "./move_sql.ts";

/** Files of queries/move: what stands before there are rows, and what comes after them. */
export const BEFORE = "schema_before.sql";
export const AFTER = "schema_after.sql";

/** A statement, and when it comes. */
export interface Statement {
  readonly rank: number;
  readonly text: string;
}

/**
 * Makes tables, types, functions and views of schemas at the target as they are at the source, without rows and without
 * what is faster to make once they are there. All in one transaction, which also keeps what was made.
 * @returns the statements that make them
 * @throws what the target says of the first statement that it refuses; nothing was made then
 */
export async function makeTables(
  source: Client,
  target: Client,
  schemas: readonly string[],
  { schema }: MoveNames,
): Promise<readonly Statement[]> {
  const statements = await readStatements(source, BEFORE, schemas);
  await transaction(target, async () => {
    await target.query(`CREATE TABLE ${schema}.stood AS ${objectsOf(schemas)}`);
    await target.query("SET LOCAL check_function_bodies = off");
    await runAll(target, statements);
    await target.query(
      `CREATE TABLE ${schema}.made AS ${
        objectsOf(schemas)
      } EXCEPT SELECT classid, objid FROM ${schema}.stood`,
    );
    await target.query(`DROP TABLE ${schema}.stood`);
  });
  return statements;
}

/**
 * Gives the tables at the target what they lack: indexes, constraints, triggers, statistics, comments. Each is a
 * transaction by itself, as rows go on coming meanwhile, and is tried again where it stands in their way.
 * @returns the statements that make them
 */
export async function completeTables(
  source: Client,
  target: Client,
  schemas: readonly string[],
): Promise<readonly Statement[]> {
  const statements = await readStatements(source, AFTER, schemas);
  for (const { text } of statements) await patiently(() => target.query(text));
  return statements;
}

/** Drops what `makeTables` has made, and nothing that stands on it. */
export async function dropMade(target: Client, { schema }: MoveNames): Promise<void> {
  const { rows: [kept] } = await target.query<{ there: boolean }>(
    `SELECT to_regclass('${schema}.made') IS NOT NULL AS there`,
  );
  if (!kept!.there) return;
  for (let before = Infinity;;) {
    const { rows } = await target.query<{ removal: string }>(moveSql("removals.sql", { schema }));
    if (rows.length === 0) return;
    let refused: unknown;
    for (const { removal } of rows) {
      // It may have gone with another one, or be needed by one that comes later.
      await target.query(removal).catch((error) => refused ??= error);
    }
    if (rows.length >= before) throw refused;
    before = rows.length;
  }
}

/** The statements that make what the source has in some schemas. @param file `BEFORE` or `AFTER` */
export async function readStatements(
  source: Client,
  file: string,
  schemas: readonly string[],
): Promise<readonly Statement[]> {
  return await transaction(source, async () => {
    // Then every name is written whole.
    await source.query("SET LOCAL search_path = ''");
    return (await source.query<Statement>(moveSql(file), [schemas])).rows;
  }, "BEGIN READ ONLY");
}

function objectsOf(schemas: readonly string[]): string {
  const names = schemas.map((name) => `'${name.replaceAll("'", "''")}'`).join(", ");
  return moveSql("objects.sql").replaceAll("$1", () => `ARRAY[${names}]`);
}

/** One rank after another; within one, what came too early is run again after the others. */
async function runAll(client: Client, statements: readonly Statement[]): Promise<void> {
  for (const rank of new Set(statements.map(({ rank }) => rank))) {
    let waiting = statements.filter((one) => one.rank === rank);
    while (waiting.length > 0) {
      const early: Statement[] = [];
      let refused: unknown;
      for (const one of waiting) {
        await client.query("SAVEPOINT one");
        try {
          await client.query(one.text);
        } catch (error) {
          // A lost connection fails here.
          await client.query("ROLLBACK TO SAVEPOINT one");
          refused ??= error;
          early.push(one);
        }
        await client.query("RELEASE SAVEPOINT one");
      }
      if (early.length === waiting.length) throw refused;
      waiting = early;
    }
  }
}

const [TRIES, PAUSE_MS] = [20, 250];

/** What loses against the rows that are coming (a lock, a deadlock) is run again. */
async function patiently(run: () => Promise<unknown>): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      await run();
      return;
    } catch (error) {
      const { code = "" } = error as { code?: string };
      if (!["40P01", "55P03"].includes(code) || tries >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
