import { Client } from "pg";

/** How TLS is spoken; field names as in node:tls, PEM texts. */
export interface PgTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False where any certificate is taken. */
  readonly verify: boolean;
  /** False where the certificate may be another host's. */
  readonly verifyHost: boolean;
  /** TLS from the first byte on (PostgreSQL 17 and later), without asking whether the server speaks it. */
  readonly direct: boolean;
}

/** Where and as whom a connection is made. */
export interface PgOptions {
  /** A name, an address, or the folder of a Unix socket, which begins with a slash. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly tls: PgTls | null;
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
  readonly ssl: boolean | {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
    readonly checkServerIdentity?: () => void;
  };
  readonly sslNegotiation: string;
  getStartupConf(): Record<string, string | undefined>;
  _getPassword(done: () => void): void;
}

/**
 * Reads a connection string, and PG* variables for what it leaves out, by the client that prepares and
 * observes the server: otherwise the load could go elsewhere, or pass where that one refuses. So
 * `sslmode=prefer`, `require` and `verify-ca` verify certificate and host like `verify-full`, `no-verify`
 * verifies nothing, and `uselibpqcompat=true` gives libpq's meanings.
 * @throws when it is no connection string, or names a file that cannot be read.
 */
export function readPgOptions(url: string, applicationName: string): PgOptions {
  const client = newClient(url, applicationName);
  // Without a listener a .pgpass that cannot be read would end the process.
  client.on("error", () => {});
  const read = client as unknown as ReadByPg;
  const session = Object.entries(read.getStartupConf()).filter(([, value]) => value !== undefined);
  // Ours even where the URL has one: what a run leaves behind is found by it.
  session.push(["application_name", applicationName]);
  return {
    host: read.host,
    port: read.port,
    user: read.user ?? "",
    tls: readTls(read),
    session: Object.fromEntries(session) as Record<string, string>,
    password: () =>
      new Promise((resolve) => read._getPassword(() => resolve(read.password === "" ? null : read.password))),
  };
}

function newClient(connectionString: string, applicationName: string): Client {
  try {
    return new Client({ connectionString, application_name: applicationName });
  } catch (error) {
    // Its message repeats the URL, and so the password.
    if ((error as { code?: string }).code === "ERR_INVALID_URL" || error instanceof TypeError) {
      throw new Error("the connection string is not a URL");
    }
    throw error;
  }
}

function readTls({ ssl, sslNegotiation }: ReadByPg): PgTls | null {
  if (ssl === false) return null;
  const { ca, cert, key, rejectUnauthorized, checkServerIdentity } = ssl === true ? {} : ssl;
  return {
    ca,
    cert,
    key,
    verify: rejectUnauthorized !== false,
    verifyHost: checkServerIdentity === undefined,
    direct: sslNegotiation === "direct",
  };
}
