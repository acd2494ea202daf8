import assert from "node:assert/strict";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { withWorkbench, type Workbench } from "./testing.ts";

/** A database of a user's, called `mine`, with the data set in it, of which an ordinary role is the owner. */
export interface Theirs {
  readonly bench: Workbench;
  readonly env: Readonly<Record<string, string>>;
  /** As a superuser, in their database. */
  readonly client: Client;
  readonly url: string;
}

/** Gives a test such a database, on a server of its own. */
export function withTheirs(use: (theirs: Theirs) => Promise<void>): Promise<void> {
  return withPostgres((adminUrl) => onTheirs(adminUrl, use));
}

/** The same on a server that is there. */
export async function onTheirs(adminUrl: string, use: (theirs: Theirs) => Promise<void>): Promise<void> {
  const at = (database: string) => Object.assign(new URL(adminUrl), { pathname: `/${database}` });
  const admin = new Client({ connectionString: at("postgres").href });
  await admin.connect();
  try {
    await admin.query("CREATE ROLE plain LOGIN PASSWORD 'plain'");
    await admin.query("CREATE DATABASE mine OWNER plain");
  } finally {
    await admin.end();
  }
  const own = Object.assign(at("mine"), { username: "plain", password: "plain" });
  const env = { DATABASE_URL: own.href };
  const client = new Client({ connectionString: at("mine").href });
  // A test may end its server.
  client.on("error", () => {});
  await client.connect();
  try {
    await withWorkbench(async (bench) => {
      const seeded = await bench.call("seed", ["--scale", "tiny"], env);
      assert.equal(seeded.code, 0, seeded.stderr);
      await use({ bench, env, client, url: at("mine").href });
    }, { untouched: true });
  } finally {
    await client.end().catch(() => {});
  }
}

/** The columns of the orders that a change has added. */
export async function notes(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'northwind.orders'::regclass AND attname LIKE '%note'",
  );
  return rows.map(({ name }) => name);
}
