import process from "node:process";
import type { ClientConfig } from "pg";
import { type ConnectionOptions, parse } from "pg-connection-string";
import readPgpass from "pgpass";
import { urlFault, withDatabaseInPath } from "../model/service_url.ts";
import { markedName } from "../model/session_name.ts";
import {
  type AuthMethod,
  type ChannelBinding,
  readChannelBinding,
  readRequiredAuth,
} from "./auth_options.ts";
import {
  type ConnectionParameter,
  fault,
  type PgEncryption,
  readEncryption,
  type Way,
} from "./tls_options.ts";

/** Where and as whom a connection is made, and what the server must prove. */
export interface PgOptions extends PgEncryption {
  /** A name, an address, or the folder of a Unix socket, which begins with a slash. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly allowedAuth: ReadonlySet<AuthMethod>;
  readonly channelBinding: ChannelBinding;
  /** Parameters of the session: user, database, application_name, options … */
  readonly session: Readonly<Record<string, string>>;
  /** From the URL, PGPASSWORD or the user's .pgpass; null where there is none. */
  password(): Promise<string | null>;
}

/**
 * Parameters that are read here and not by pg-connection-string, and their variables: that takes `require` and
 * `verify-ca` for `verify-full`, or with `uselibpqcompat` refuses a `verify-ca` without `sslrootcert`, knows neither
 * passwords of keys nor revocation lists, and reads files before anything is known of the others.
 */
const OURS: Readonly<Record<string, string | null>> = {
  sslmode: "PGSSLMODE",
  ssl: null,
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslpassword: null,
  sslnegotiation: "PGSSLNEGOTIATION",
  sslcertmode: "PGSSLCERTMODE",
  sslcrl: "PGSSLCRL",
  sslcrldir: "PGSSLCRLDIR",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
  gssencmode: "PGGSSENCMODE",
  requirepeer: "PGREQUIREPEER",
  require_auth: "PGREQUIREAUTH",
  channel_binding: "PGCHANNELBINDING",
  // pg's word for what is the rule here.
  uselibpqcompat: null,
};

/** Parameters of the session that a connection string may set, and their variables. */
const SESSION: Readonly<Record<string, string | null>> = {
  replication: "PGREPLICATION",
  statement_timeout: null,
  lock_timeout: null,
  idle_in_transaction_session_timeout: null,
  options: "PGOPTIONS",
};

/**
 * Reads a connection string, and PG* variables for what it leaves out. What concerns TLS and authentication has
 * libpq's meaning, see `readEncryption`; the rest is read by pg-connection-string.
 * @param more parameters of the session that the connection string may set otherwise
 * @throws {UsageError} when it is no connection string, contradicts itself, or names a file that cannot be read;
 * never with a password
 */
export function readPgOptions(
  url: string,
  applicationName: string,
  more: Readonly<Record<string, string | undefined>> = {},
): PgOptions {
  const unusable = urlFault(url);
  if (unusable !== null) throw fault(unusable);
  const { query } = parts(url);
  const read = parseUrl(url);
  const given = (name: string, variable: string | null): string | undefined =>
    read[name] || more[name] || (variable === null ? undefined : process.env[variable]) || undefined;
  const host = given("host", "PGHOST") ?? "localhost";
  const port = parseInt(given("port", "PGPORT") ?? "5432", 10);
  const user = given("user", "PGUSER") ?? process.env.USER;
  const database = given("database", "PGDATABASE") ?? user;
  const named = given("application_name", "PGAPPNAME") ?? given("fallback_application_name", null);
  const session = Object.entries({
    user,
    database,
    ...Object.fromEntries(Object.entries(SESSION).map(([name, variable]) => [name, given(name, variable)])),
    // Ours even where the URL has one: what a run leaves behind is found by it.
    application_name: markedName(applicationName, named),
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (session.some(([, value]) => value.includes("\0"))) {
    throw fault("it holds a zero byte");
  }
  const parameter: ConnectionParameter = (name) => {
    const variable = OURS[name];
    // Of two the last one counts, as in libpq.
    return query.getAll(name).at(-1) || (variable ? process.env[variable] : undefined) || undefined;
  };
  return {
    host,
    port,
    user: user ?? "",
    ...readEncryption(parameter, host.startsWith("/")),
    allowedAuth: readRequiredAuth(parameter),
    channelBinding: readChannelBinding(parameter),
    session: Object.fromEntries(session),
    password: () => {
      const password = given("password", "PGPASSWORD");
      if (password !== undefined) return Promise.resolve(password);
      return new Promise((resolve) =>
        readPgpass({ host, port, database, user }, (found: string | undefined) => resolve(found || null))
      );
    },
  };
}

/** A connection string as pg may read it: nothing that concerns TLS or authentication is left to it. */
export function pgConfig(url: string, more: ClientConfig = {}): ClientConfig {
  return {
    ...more,
    connectionString: withoutOurs(url),
    ssl: false,
    sslnegotiation: "postgres",
  } as ClientConfig;
}

/**
 * A connection string that goes the one way which a server has turned out to be reached by, where it leaves a
 * choice: what is measured must not change between connections.
 */
export function urlOfWay(url: string, { ways }: PgOptions, way: Way): string {
  if (ways.length === 1) return url;
  const { before, query } = parts(url);
  query.delete("ssl");
  query.set("sslmode", way === "tls" ? "require" : "disable");
  return `${before}?${query}`;
}

function parts(url: string): { readonly before: string; readonly query: URLSearchParams } {
  const at = url.indexOf("?");
  if (at < 0) return { before: url, query: new URLSearchParams() };
  return { before: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

function withoutOurs(url: string): string {
  const { before, query } = parts(withDatabaseInPath(url));
  for (const name of Object.keys(OURS)) query.delete(name);
  const plain = withPlainName(before);
  return query.size === 0 ? plain : `${plain}?${query}`;
}

/** pg leaves characters of a database's name encoded that mean something in a URL, where libpq decodes all of them. */
function withPlainName(before: string): string {
  const [, server, name] = /^([a-z]+:\/\/[^/]*\/)(.*)$/i.exec(before) ?? [];
  try {
    // The two that end a path stay as pg takes them.
    return name === undefined ? before : server +
      encodeURI(decodeURIComponent(name)).replaceAll("?", "%3F").replaceAll("#", "%23");
  } catch {
    return before;
  }
}

function parseUrl(url: string): Readonly<Record<string, string | undefined>> {
  try {
    return parse(withoutOurs(url)) as ConnectionOptions & Record<string, string | undefined>;
  } catch {
    // Its message may repeat the URL, and so the password.
    throw fault("it is not a URL");
  }
}
