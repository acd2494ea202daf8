import { join } from "node:path";
import type { Client } from "pg";
import { InterruptedError } from "../../model/errors.ts";
import { sleep } from "../../net/sleep.ts";
import type { PgClient } from "../../postgres/client.ts";
import { UNLIMITED, withClient } from "../../seed/connect.ts";
import { undoSql } from "../../seed/reserved.ts";
import { transaction } from "../../seed/sql.ts";

const FOLDER = join(import.meta.dirname!, "../../../queries/ledger");

/** The text of queries/ledger/<file>, with names in place of `{…}`: they are quoted already. */
export function ledgerSql(file: string, names: Readonly<Record<string, string>> = {}): string {
  return Deno.readTextFileSync(join(FOLDER, file)).replace(/\{(\w+)\}/g, (_, name: string) => names[name]!);
}

/** A server that has crashed replays its log before it answers: it is waited for so long, ms. */
const RECOVERY_MS = 60_000;
/** What it says meanwhile. */
const STARTING_UP = "57P03";

/**
 * Reads at one snapshot, with each value's text as exact as it is, and in UTC. A server that would hide rows from the role
 * fails: hidden ones would pass for lost.
 * @param name what the server shows of the session
 * @throws {ServiceError} where the database cannot be reached; {InterruptedError} after `signal`
 */
export async function readAtOnce<T>(
  url: string,
  name: string,
  signal: AbortSignal | undefined,
  read: (client: PgClient) => Promise<T>,
): Promise<T> {
  const within = async (client: PgClient) => {
    await client.query(undoSql("exact_texts.sql"));
    await client.query(undoSql("unfiltered.sql"));
    await client.query("SET LOCAL TimeZone = 'UTC'; SET LOCAL search_path = pg_catalog");
    const found = await read(client);
    // What was cancelled looks like what the server refuses.
    if (signal?.aborted) throw new InterruptedError();
    return found;
  };
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  for (const untilMs = performance.now() + RECOVERY_MS;;) {
    try {
      return await withClient(url, (client) => transaction(client, () => within(client), begin), {
        ...UNLIMITED,
        name,
        signal,
      });
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      if (code !== STARTING_UP || performance.now() >= untilMs) throw error;
      await sleep(100);
    }
  }
}

/** What the server said to a query that it refused. */
export class Refused {
  constructor(readonly code: string, readonly message: string) {}
}

/** Asks within a transaction that goes on where the server refuses it. @throws what is no answer of the server's */
export async function tried<T>(client: Client, ask: () => Promise<T>): Promise<T | Refused> {
  await client.query("SAVEPOINT tried");
  try {
    const answer = await ask();
    await client.query("RELEASE SAVEPOINT tried");
    return answer;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === undefined || !/^(22|42|57014|0A)/.test(code)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT tried");
    return new Refused(code, message);
  }
}

/** Columns of a relation by name, with their types; empty where there is no such relation. */
export async function columnsOf(client: Client, relation: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(ledgerSql("columns.sql"), [relation]);
  return new Map(rows.map(({ name, type }) => [name, type]));
}
