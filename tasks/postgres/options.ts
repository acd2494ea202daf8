import process from "node:process";
import { Client, type ClientConfig } from "pg";
import { UsageError } from "../model/errors.ts";
import { urlFault } from "../model/service_url.ts";
import { markedName } from "../model/session_name.ts";
import {
  type AuthMethod,
  type ChannelBinding,
  readChannelBinding,
  readRequiredAuth,
} from "./auth_options.ts";
import { type Parameter, type PgEncryption, readEncryption, type Way } from "./tls_options.ts";

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

/** What pg's Client makes of a connection string, without connecting; not all of it is in its types. */
interface ReadByPg {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | null;
  getStartupConf(): Record<string, string | undefined>;
  _getPassword(done: () => void): void;
}

/** Parameters that are read here, with libpq's meaning, and their variables. */
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

/**
 * Reads a connection string, and PG* variables for what it leaves out. What concerns TLS and authentication has
 * libpq's meaning, see `readEncryption`; the rest is read by pg.
 * @param more what pg shall add to the session
 * @throws {UsageError} when it is no connection string, contradicts itself, or names a file that cannot be read;
 * never with a password
 */
export function readPgOptions(url: string, applicationName: string, more: ClientConfig = {}): PgOptions {
  const fault = urlFault(url);
  if (fault !== null) throw new UsageError(`Cannot use the connection string of PostgreSQL: ${fault}`);
  const { query } = parts(url);
  const client = newClient(pgConfig(url, more));
  // Without a listener a .pgpass that cannot be read would end the process.
  client.on("error", () => {});
  const read = client as unknown as ReadByPg;
  const session = Object.entries(read.getStartupConf()).filter(([, value]) => value !== undefined);
  // Ours even where the URL has one: what a run leaves behind is found by it.
  session.push(["application_name", markedName(applicationName, read.getStartupConf().application_name)]);
  if (session.some(([, value]) => value!.includes("\0"))) {
    throw new UsageError("Cannot use the connection string of PostgreSQL: it holds a zero byte");
  }
  const parameter: Parameter = (name) => {
    const variable = OURS[name];
    // Of two the last one counts, as in libpq.
    return query.getAll(name).at(-1) || (variable ? process.env[variable] : undefined) || undefined;
  };
  return {
    host: read.host,
    port: read.port,
    user: read.user ?? "",
    ...readEncryption(parameter, read.host.startsWith("/")),
    allowedAuth: readRequiredAuth(parameter),
    channelBinding: readChannelBinding(parameter),
    session: Object.fromEntries(session) as Record<string, string>,
    password: () =>
      new Promise((resolve) => read._getPassword(() => resolve(read.password === "" ? null : read.password))),
  };
}

/** A connection string as pg may read it: nothing that concerns TLS or authentication is left to it. */
export function pgConfig(url: string, more: ClientConfig = {}): ClientConfig {
  const { before, query } = parts(url);
  for (const name of Object.keys(OURS)) query.delete(name);
  const connectionString = query.size === 0 ? before : `${before}?${query}`;
  return { ...more, connectionString, ssl: false, sslnegotiation: "postgres" } as ClientConfig;
}

/**
 * A connection string that goes the one way which a server has turned out to be reached by, where it leaves a
 * choice: what is measured must not change between connections.
 */
export function settledUrl(url: string, { ways }: PgOptions, way: Way): string {
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

function newClient(config: ClientConfig): Client {
  try {
    return new Client(config);
  } catch (error) {
    // Its message repeats the URL, and so the password.
    if ((error as { code?: string }).code === "ERR_INVALID_URL" || error instanceof TypeError) {
      throw new UsageError("Cannot use the connection string of PostgreSQL: it is not a URL");
    }
    throw error;
  }
}
