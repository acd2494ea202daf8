import pg from "pg";
import { connectClient } from "../postgres/client.ts";

/**
 * Makes a database unless it exists, with pg_stat_statements in it. Returns its URL.
 * @throws what PostgreSQL says.
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount !== 0) return;
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`).catch((error: { code?: string }) => {
      // 42P04: someone else made it in between.
      if (error.code !== "42P04") throw error;
    });
  });
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  await withClient(url.href, (client) => client.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"));
  return url.href;
}

/** Null when a server answers at this URL, else the code of the error: a SQLSTATE or the system's. */
export async function connectProblem(url: string): Promise<string | null> {
  try {
    await withClient(url, (client) => client.query("SELECT 1"));
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? "unknown";
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  await using client = await connectClient(url, { applicationName: "benchbook" });
  return await use(client);
}
