import type { Client } from "pg";
import { placeOfUrl } from "../postgres/place.ts";
import { undoSql } from "../seed/reserved.ts";
import type { DatabasePlace } from "./record.ts";

/** Which database a connection leads to. @param url by which it was opened; only host and port are kept of it */
export async function placeOf(client: Client, url: string, embedded: boolean): Promise<DatabasePlace> {
  const { rows: [found] } = await client.query<
    Pick<DatabasePlace, "database" | "oid"> & { readonly maySystem: boolean }
  >(undoSql("server.sql"));
  const { database, oid, maySystem } = found!;
  const { rows } = maySystem
    ? await client.query<{ readonly system: string }>(undoSql("system.sql"))
    : { rows: [] };
  const { host, port } = placeOfUrl(url);
  return {
    database,
    oid,
    system: rows[0]?.system ?? null,
    host,
    port,
    embedded,
  };
}

/**
 * Whether two databases are of one server, reached the same way: a copy of a server, as tests and replicas are, bears the
 * identifier of the one that it was made from. An embedded server gets another port at each start. A place that names no
 * server is of none that tells its own: whoever wrote it down may have meant any.
 */
export function sameServer(one: DatabasePlace, other: DatabasePlace): boolean {
  if (one.embedded !== other.embedded) return false;
  if (one.system !== other.system) return false;
  return one.embedded || one.host === other.host && one.port === other.port;
}

/** The URL of another database of the same server. */
export function urlOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** What takes back what a run that ended early has left there. @param does what that task does with it */
export function cleaningText({ embedded, system }: DatabasePlace, does: string): string {
  const where = embedded
    ? "without a DATABASE_URL"
    : `with a DATABASE_URL that leads there${system === null ? " by the role of that run" : ""}`;
  return `\`deno task clean --writes\` ${does}, ${where}.`;
}

/** For people. */
export function placeText({ database, host, port, embedded }: DatabasePlace): string {
  return embedded ? `the embedded database "${database}"` : `the database "${database}" at ${host}:${port}`;
}
