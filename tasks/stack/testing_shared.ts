import { randomBytes } from "node:crypto";
import process from "node:process";
import pg from "pg";
import { copyDatabase, type TestPostgres, withPostgres, withTempHome } from "./testing.ts";

/** Tells the tests of a suite of the server that they share: its URL, of a database to connect to from. */
export const SHARED = "BENCHBOOK_TEST_POSTGRES";
/** What `withPostgres` hands out, and each database is a copy of. */
const TEMPLATE = "test";

/** A database for a test, on a server that others may use at the same time. `home` is a folder of the test's own. */
export type TestDatabase = Pick<TestPostgres, "url" | "home" | "database" | "copy">;

/** Starts the server for a suite; what is given to `use` is for the environment of its tests. */
export function withSharedPostgres<T>(use: (env: Record<string, string>) => Promise<T>): Promise<T> {
  return withPostgres(async (_template, { database }) => use({ [SHARED]: await database("postgres") }));
}

/**
 * Runs `use` with an empty database, as `withPostgres` does, on the server of the suite where there is one: to start
 * one for each test costs more than many a test. Not for tests that change what is the server's (roles, settings, its
 * process), nor for those that look at all of it.
 */
export function withDatabase<T>(use: (url: string, database: TestDatabase) => Promise<T>): Promise<T> {
  const admin = process.env[SHARED];
  return !admin ? withPostgres(use) : withTempHome((home) => onShared(admin, home, use));
}

async function onShared<T>(
  admin: string,
  home: string,
  use: (url: string, database: TestDatabase) => Promise<T>,
): Promise<T> {
  const own = `${TEMPLATE}_${randomBytes(4).toString("hex")}`;
  const made = new Map<string, Promise<string>>();
  const database = (name: string, from = TEMPLATE) => {
    const url = made.get(name) ?? copyDatabase(admin, name, from);
    made.set(name, url);
    return url;
  };
  try {
    return await use(await database(own), {
      url: await database(own),
      home,
      database: (name) => database(`${own}_${name}`),
      copy: (name, from) => database(`${own}_${name}`, `${own}_${from}`),
    });
  } finally {
    await withAdmin(admin, async (client) => {
      for (const name of made.keys()) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  }
}

async function withAdmin<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
