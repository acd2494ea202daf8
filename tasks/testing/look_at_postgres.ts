import { join } from "node:path";
import { Client } from "pg";
import { type Fact, type Look, together } from "./facts.ts";

const QUERIES = join(import.meta.dirname!, "../../queries/testing");
const APPLICATION = "before-and-after";

/** At what of a server to look. */
export interface PostgresLookOptions {
  /** All that can be connected to, or these; the URL's own where nothing is said. */
  readonly databases?: "all" | readonly string[];
  /** Tables of no more rows are kept row by row, so that a difference shows which. */
  readonly keptRows?: number;
}

/** What of a database is looked at, and what only some may see. */
const DATABASE = ["relations", "routines_and_types", "other_objects", "locks", "subscriptions"];
const SERVER = ["roles_and_databases", "settings", "sessions", "passwords", "files"];

/**
 * Looks at a PostgreSQL server from outside and changes nothing: catalog, rows, sequences and large objects of
 * databases, roles, settings, sessions, locks and what else a program could leave behind. What the URL's role may
 * not see is a fact of its own, so that two looks with different rights differ.
 */
export async function lookAtPostgres(
  url: string,
  { databases, keptRows = 2000 }: PostgresLookOptions = {},
): Promise<Look> {
  const server = new Map<string, Fact>();
  const looks: Record<string, Look> = { server };
  let names: readonly string[] = [];
  await withSession(url, async (client) => {
    names = await asked(client, databases);
    for (const file of SERVER) await add(client, server, `server/${file}.sql`);
  });
  for (const name of names) {
    looks[name] = await withSession(withDatabase(url, name), (client) => lookAtDatabase(client, keptRows));
  }
  return together(looks);
}

async function asked(
  client: Client,
  databases: PostgresLookOptions["databases"],
): Promise<readonly string[]> {
  if (databases === undefined) return [client.database!];
  if (databases !== "all") return databases;
  const { rows } = await client.query<{ datname: string }>(query("server/databases.sql"));
  return rows.map(({ datname }) => datname);
}

/** What of a database a session sees, its own prepared statements too. */
export async function lookAtDatabase(client: Client, keptRows: number): Promise<Look> {
  const facts = new Map<string, Fact>();
  for (const file of DATABASE) await add(client, facts, `database/${file}.sql`);
  const { rows } = await client.query<{ name: string; statement: string }>(
    query("database/contents.sql"),
    [keptRows],
  );
  for (const { name, statement } of rows) {
    const what = `content of ${name}`;
    try {
      facts.set(what, (await client.query<{ fact: Fact }>(statement)).rows[0]!.fact);
    } catch (error) {
      facts.set(what, unseen(error));
    }
  }
  return facts;
}

async function add(client: Client, facts: Map<string, Fact>, file: string): Promise<void> {
  const text = query(file);
  try {
    const { rows } = await client.query<{ name: string; fact: Fact }>(
      text,
      text.includes("$1") ? [APPLICATION] : [],
    );
    for (const { name, fact } of rows) {
      // One of them would hide what happens to the other.
      if (facts.has(name)) throw new Error(`Cannot tell two things by the name "${name}" (${file})`);
      facts.set(name, fact);
    }
  } catch (error) {
    facts.set(`what ${file} looks at`, unseen(error));
  }
}

/** @throws whatever is no lack of rights, and no view of an extension that the server has not loaded */
function unseen(error: unknown): Fact {
  const { code, message } = error as { code?: string; message: string };
  if (code !== "42501" && code !== "55000") throw error;
  return `cannot be seen: ${message}`;
}

async function withSession<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: APPLICATION,
    // Names with their schema whatever a role's settings are; a lock of someone's is an error, not a standstill.
    options: "-c search_path= -c default_transaction_read_only=on -c lock_timeout=10s -c timezone=UTC",
  });
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const to = new URL(url);
  to.pathname = `/${encodeURIComponent(name)}`;
  return to.href;
}

function query(file: string): string {
  return Deno.readTextFileSync(join(QUERIES, file));
}
