import { addAbortListener } from "node:events";
import type { Client } from "pg";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { newSessionMark } from "../../model/session_name.ts";
import { asLogin, withClient } from "../../seed/connect.ts";

/** The one database in which each side does its work, made anew for each. */
export const DATABASE = "benchbook_selfbench_seed";

const COMMENT = "Benchbook: measures the seeding, and is removed when that ends";
const QUERIES = join(import.meta.dirname!, "../../../queries/selfbench/seed");

/** The server under test. */
export interface Server {
  /** A database of it that is there already, by which others are made. May hold a password. */
  readonly adminUrl: string;
  /** Null: the role may not know it. */
  readonly dataDirectory: string | null;
}

interface Rights {
  readonly role: string;
  readonly creates_databases: boolean;
  readonly reads_files: boolean;
  readonly checkpoints: boolean;
  readonly data_directory: string | null;
}

/**
 * Looks whether a server can be measured: the role may make databases, let the server read files and ask for
 * checkpoints, and the server sees the files in `folder`.
 * @throws {ServiceError} that says what is missing
 */
export async function findServer(adminUrl: string, folder: string): Promise<Server> {
  return await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<Rights>(selfbenchSql("rights.sql"));
    const rights = rows[0]!;
    const missing = [
      ...rights.creates_databases ? [] : ["CREATEDB"],
      ...rights.reads_files ? [] : ["membership of pg_read_server_files"],
      ...rights.checkpoints ? [] : ["membership of pg_checkpoint (before PostgreSQL 15: SUPERUSER)"],
    ];
    if (missing.length > 0) {
      throw new ServiceError(
        `Cannot measure the seeding against COPY from a file: the role "${rights.role}" lacks ${
          missing.join(", ")
        }`,
        "Grant it, use a superuser, or unset DATABASE_URL to measure on the embedded server.",
      );
    }
    await refuseBlindServer(client, folder);
    return { adminUrl, dataDirectory: rights.data_directory };
  });
}

/** COPY must read our files: a server on another machine, or behind other rights, cannot. */
async function refuseBlindServer(client: Client, folder: string): Promise<void> {
  const path = join(folder, "probe");
  const word = randomUUID();
  Deno.writeTextFileSync(path, `${word}\n`);
  Deno.chmodSync(path, 0o644);
  try {
    await client.query("CREATE TEMPORARY TABLE probe (word text)");
    await client.query(`COPY probe FROM ${pg.escapeLiteral(path)}`);
    const { rows } = await client.query<{ word: string }>("SELECT word FROM probe");
    if (rows[0]?.word !== word) throw new Error("it found another file there");
  } catch (error) {
    throw new ServiceError(
      `Cannot measure the seeding against COPY from a file: the server cannot read ${path} (${
        (error as Error).message
      })`,
      "The server must run on this machine and see its folders; unset DATABASE_URL to measure on the embedded one.",
      { cause: error },
    );
  } finally {
    Deno.removeSync(path);
  }
}

/**
 * Gives `use` an empty database and removes it afterwards. A checkpoint comes first: nobody shall write back what
 * another has left dirty.
 * @param signal ends our sessions in the database, so that whatever waits for one fails at once
 * @throws {ServiceError} when there is a database of that name that is not Benchbook's, or others are connected to it
 * @throws {InterruptedError} after `signal`
 */
export async function withFreshDatabase<T>(
  { adminUrl }: Pick<Server, "adminUrl">,
  signal: AbortSignal,
  use: (url: string) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw new InterruptedError();
  const mark = newSessionMark();
  await withClient(adminUrl, async (client) => {
    await dropOurs(client, mark);
    await client.query(`CREATE DATABASE ${DATABASE}`);
    await client.query(`COMMENT ON DATABASE ${DATABASE} IS ${pg.escapeLiteral(COMMENT)}`);
    await client.query("CHECKPOINT");
  });
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE}`;
  url.searchParams.set("application_name", mark);
  using _ending = addAbortListener(signal, () => void endSessions(adminUrl, mark));
  try {
    const result = await use(url.href);
    if (signal.aborted) throw new InterruptedError();
    return result;
  } catch (error) {
    throw signal.aborted ? new InterruptedError() : error;
  } finally {
    await withClient(adminUrl, (client) => dropOurs(client, mark));
  }
}

async function endSessions(adminUrl: string, mark: string): Promise<void> {
  await withClient(adminUrl, (client) => endMarked(client, mark)).catch(() => {
    // Removing the database ends them too.
  });
}

async function endMarked(client: Client, mark: string): Promise<void> {
  await asLogin(client, () => client.query(selfbenchSql("end_sessions.sql"), [DATABASE, mark]));
}

async function dropOurs(client: Client, mark: string): Promise<void> {
  const { rows } = await client.query<{ ours: boolean }>(selfbenchSql("leftover.sql"), [DATABASE, COMMENT]);
  if (rows.length === 0) return;
  if (!rows[0]!.ours) {
    throw new ServiceError(
      `Cannot make the database ${DATABASE} to measure in: there is one of that name that Benchbook did not make`,
      "Rename or drop it, then try again.",
    );
  }
  await endMarked(client, mark);
  try {
    // Not WITH (FORCE): somebody may be looking at it.
    await client.query(`DROP DATABASE ${DATABASE}`);
  } catch (error) {
    const { code, detail } = error as { code?: string; detail?: string };
    if (code !== IN_USE) throw error;
    throw new ServiceError(
      `Cannot remove the database ${DATABASE}: sessions that this selfbench did not open use it${
        detail === undefined ? "" : ` (${detail})`
      }`,
      "Close them, then try again; it is removed before the next measurement.",
      { cause: error },
    );
  }
}

/** SQLSTATE object_in_use. */
const IN_USE = "55006";

function selfbenchSql(file: string): string {
  return Deno.readTextFileSync(join(QUERIES, file));
}
