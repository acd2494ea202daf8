import { redactUrl } from "../config.ts";
import { readPgOptions } from "./options.ts";

/** Where a connection string leads to and as whom, by URL, parameters and PG* variables alike; never with a password. */
export interface PgPlace {
  /** A name, an address, or the folder of a Unix socket, which begins with a slash. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Host and port, for people. */
  readonly at: string;
}

/** @throws {UsageError} as `readPgOptions` */
export function placeOfUrl(url: string): PgPlace {
  const { host, port, user, session } = readPgOptions(url, "");
  const at = host.startsWith("/")
    ? `${host}/.s.PGSQL.${port}`
    : `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return { host, port, user, database: session.database ?? user, at };
}

/** Parameters that lead elsewhere than the URL before them says. */
const ELSEWHERE = ["host", "port", "user", "database", "dbname"];

/** A connection string as it may be shown: where it leads to, and nothing that could be secret. */
export function shownPgUrl(url: string): string {
  const { searchParams, host: named } = new URL(url);
  if (named !== "" && !ELSEWHERE.some((name) => searchParams.has(name))) return redactUrl(url);
  const { host, at, user, database } = placeOfUrl(url);
  const path = `/${encodeURIComponent(database)}`;
  const who = user === "" ? "" : `${encodeURIComponent(user)}@`;
  return host.startsWith("/") ? `postgres://${who}${path}?host=${host}` : `postgres://${who}${at}${path}`;
}
