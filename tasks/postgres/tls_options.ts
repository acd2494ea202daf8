import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";

/** How TLS is spoken; field names as in node:tls, PEM texts. */
export interface PgTls {
  /** Authorities that are believed instead of the public ones; undefined where the public ones are. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** False where any certificate is taken. */
  readonly verify: boolean;
  /** False where the certificate may be another host's. */
  readonly verifyHost: boolean;
  /** TLS from the first byte on (PostgreSQL 17 and later), without asking whether the server speaks it. */
  readonly direct: boolean;
}

/** A way to a server: with TLS or without. */
export type Way = "plain" | "tls";

/** The ways that are tried, in this order, and how the one with TLS is spoken. */
export interface PgEncryption {
  readonly ways: readonly [Way, Way?];
  /** Null where no way has TLS. */
  readonly tls: PgTls | null;
}

/** A parameter of the connection string, or else of the environment. */
export type ConnectionParameter = (name: string) => string | undefined;

const WAYS = {
  disable: ["plain"],
  allow: ["plain", "tls"],
  prefer: ["tls", "plain"],
  require: ["tls"],
  "verify-ca": ["tls"],
  "verify-full": ["tls"],
  // pg's own word, for a server whose certificate nobody can verify although there is a root certificate.
  "no-verify": ["tls"],
} as const satisfies Record<string, PgEncryption["ways"]>;

type SslMode = keyof typeof WAYS;

/** Parameters whose promise is not kept here: to ignore them would be less safe than what the user asked for. */
const NOT_SUPPORTED: Readonly<Record<string, RegExp>> = {
  sslcrl: /./,
  sslcrldir: /./,
  ssl_min_protocol_version: /^TLSv1\.3$/i,
  ssl_max_protocol_version: /./,
  sslcertmode: /^require$/,
  gssencmode: /^require$/,
  requirepeer: /./,
};

/**
 * What libpq makes of sslmode, sslrootcert, sslcert, sslkey, sslpassword and sslnegotiation, and of its files in
 * ~/.postgresql: https://www.postgresql.org/docs/current/libpq-ssl.html. A root certificate replaces the public
 * authorities, and has `require`, `prefer` and `allow` verify as `verify-ca` does.
 * @throws {UsageError} when they contradict each other, or a file cannot be read.
 */
export function readEncryption(parameter: ConnectionParameter, onUnixSocket: boolean): PgEncryption {
  for (const [name, kept] of Object.entries(NOT_SUPPORTED)) {
    const value = parameter(name);
    if (value !== undefined && kept.test(value)) throw fault(`${name}=${value} is not supported`);
  }
  const mode = readMode(parameter);
  const direct = readNegotiation(parameter, mode);
  // As in libpq: a Unix socket has no TLS, and needs none.
  if (mode === "disable" || onUnixSocket) return { ways: ["plain"], tls: null };
  const ca = readAuthorities(parameter, mode);
  const verify = mode !== "no-verify" && ca !== "none";
  return {
    ways: WAYS[mode],
    tls: {
      ca: ca === "none" || ca === "public" ? undefined : ca,
      ...readClientCertificate(parameter),
      verify,
      verifyHost: mode === "verify-full",
      direct,
    },
  };
}

function readMode(parameter: ConnectionParameter): SslMode {
  const system = parameter("sslrootcert") === "system";
  const given = parameter("sslmode") ?? modeOfSsl(parameter("ssl"));
  if (given === undefined) return system ? "verify-full" : "prefer";
  if (!Object.hasOwn(WAYS, given)) {
    throw fault(`sslmode=${given} is unknown`, hint(given, Object.keys(WAYS)));
  }
  if (system && given !== "verify-full") {
    throw fault(`sslmode=${given} is too weak for sslrootcert=system`, "Set sslmode=verify-full.");
  }
  return given as SslMode;
}

/** As libpq reads JDBC's parameter, and as pg does. */
function modeOfSsl(ssl: string | undefined): string | undefined {
  if (ssl === "1" || ssl === "true") return "require";
  return ssl === "0" || ssl === "false" ? "disable" : ssl;
}

function readNegotiation(parameter: ConnectionParameter, mode: SslMode): boolean {
  const negotiation = parameter("sslnegotiation") ?? "postgres";
  if (negotiation !== "postgres" && negotiation !== "direct") {
    throw fault(`sslnegotiation=${negotiation} is unknown`, "Known: postgres, direct.");
  }
  if (negotiation === "postgres") return false;
  if (WAYS[mode].length > 1 || mode === "disable") {
    throw fault(
      `sslmode=${mode} is too weak for sslnegotiation=direct`,
      "Set sslmode=require or a stronger one.",
    );
  }
  return true;
}

function readAuthorities(
  parameter: ConnectionParameter,
  mode: SslMode,
): readonly string[] | "public" | "none" {
  const named = parameter("sslrootcert");
  if (named === "system") return "public";
  const file = named ?? ownFile("root.crt");
  if (mode === "no-verify") return "none";
  if (!exists(file)) {
    if (!mode.startsWith("verify-")) return "none";
    throw fault(
      `sslmode=${mode} needs a root certificate and the file ${file} does not exist`,
      "Name it with sslrootcert, or set sslrootcert=system for the public authorities.",
    );
  }
  const certificates = readText(file, "sslrootcert").match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (certificates === null) throw fault(`the file ${file} (sslrootcert) holds no certificate`);
  return certificates;
}

function readClientCertificate(parameter: ConnectionParameter): Pick<PgTls, "cert" | "key" | "passphrase"> {
  if (parameter("sslcertmode") === "disable") return {};
  const named = parameter("sslcert");
  const file = named ?? ownFile("postgresql.crt");
  if (named === undefined && !exists(file)) return {};
  return {
    cert: readText(file, "sslcert"),
    key: readText(parameter("sslkey") ?? ownFile("postgresql.key"), "sslkey"),
    passphrase: parameter("sslpassword"),
  };
}

function ownFile(name: string): string {
  return join(homedir(), ".postgresql", name);
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as { code?: string };
    throw fault(`the file ${file} (${name}) cannot be read${code === undefined ? "" : ` (${code})`}`);
  }
}

/** That a connection string cannot be used. @param what is wrong with it, and never a password */
export function fault(what: string, next?: string): UsageError {
  return new UsageError(`Cannot use the connection string of PostgreSQL: ${what}`, next);
}
