import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { BenchbookError, ServiceError } from "../model/errors.ts";
import { connectClient } from "../postgres/client.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { urlOfWay } from "../postgres/options.ts";
import { FINGERPRINT_SETTINGS } from "./postgres_settings.ts";

/** The oldest server that Benchbook works with. */
export const OLDEST_MAJOR = 14;

/** What a server is, and what cannot be measured on it. */
export interface PostgresFacts {
  /** As it was given, but with the one way to the server that was found. May hold a password. */
  readonly url: string;
  /** "18.4" */
  readonly version: string;
  /** `server_version_num`: 180004. */
  readonly versionNumber: number;
  readonly superuser: boolean;
  /** pg_stat_statements exists in this database and can be read. */
  readonly statements: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** What this role on this server does not show, in whole sentences. */
  readonly unavailable: readonly string[];
}

interface FactsRow {
  readonly version: string;
  readonly version_number: number;
  readonly superuser: boolean;
  readonly reads_all_stats: boolean;
  readonly creates_schemas: boolean;
  readonly has_statements: boolean;
  readonly is_replica: boolean;
}

/**
 * Connects to a server and says what it is.
 * @param name how an error calls it: "DATABASE_URL" or "the embedded PostgreSQL".
 * @param options.readOnly whether a replica will do
 * @throws {ServiceError} when it cannot be reached or used; never with the password.
 */
export async function inspectPostgres(
  url: string,
  name: string,
  { timeoutMs = 10_000, readOnly = false }: { readonly timeoutMs?: number; readonly readOnly?: boolean } = {},
): Promise<PostgresFacts> {
  await using client = await connectClient(url, {
    applicationName: "benchbook",
    connectTimeoutMs: timeoutMs,
    queryTimeoutMs: timeoutMs,
  }).catch((error) => {
    throw error instanceof BenchbookError ? error : connectionError(error, url, name);
  });
  try {
    const facts = await client.query<FactsRow>(sql("server_facts"));
    const row = facts.rows[0]!;
    refuseUnusable(readOnly ? { ...row, is_replica: false } : row, name);
    const settings = await client.query<{ name: string; value: string }>(sql("server_settings"), [
      FINGERPRINT_SETTINGS,
    ]);
    const values = Object.fromEntries(settings.rows.map(({ name, value }) => [name, value]));
    const statements = row.has_statements
      ? await readable(client, "pg_stat_statements")
      : "it is not installed in this database";
    return {
      url: urlOfWay(url, client.options, client.way!),
      version: row.version.split(" ")[0]!,
      versionNumber: row.version_number,
      superuser: row.superuser,
      statements: statements === null,
      settings: values,
      unavailable: missing(row, values, statements),
    };
  } catch (error) {
    throw error instanceof ServiceError ? error : connectionError(error as Error, url, name);
  }
}

/** A failed connection in words: where, what is wrong, what to do. */
export function connectionError(error: Error & { code?: string }, url: string, name: string): ServiceError {
  const { host, at, user, database } = placeOfUrl(url);
  const [state, next] = ((): [string, string] => {
    switch (error.code) {
      case "ECONNREFUSED":
        return [`connection refused at ${at}`, `Start the server, or correct host and port in ${name}.`];
      case "ENOTFOUND":
      case "EAI_AGAIN":
        return [`the host ${host} is unknown`, `Correct the host in ${name}.`];
      case "28P01":
        return [`wrong password for user "${user}" at ${at}`, `Correct user and password in ${name}.`];
      case "28000":
        return [`user "${user}" may not log in at ${at}`, "Look at the role and at pg_hba.conf."];
      case "3D000":
        return [`there is no database "${database}" at ${at}`, "Create it, or name another one."];
      case "42501":
        return [
          `user "${user}" lacks a right at ${at} (${error.message})`,
          "Grant it, or name another user.",
        ];
      case "53300":
        return [`${at} has no free connection`, "Raise max_connections, or end some sessions."];
      case "57014":
        return [
          `the server at ${at} cancelled a short statement (${error.message})`,
          `Raise the statement_timeout of user "${user}", or look at what keeps the server busy.`,
        ];
      case "57P03":
        return [`the server at ${at} is starting up or shutting down`, "Try again in a moment."];
    }
    const message = withoutSecrets(error.message, url);
    if (/timeout|timed out|no answer/i.test(message)) {
      return [`no answer from ${at} in time`, "Check host, port and firewall."];
    }
    if (/password and none is given/i.test(message)) {
      return [
        `${at} asks for a password and ${name} has none`,
        `Write it into ${name} (an .env file will do).`,
      ];
    }
    if (/ssl|tls|certificate|self.signed/i.test(message)) {
      return [
        `TLS with ${at} failed (${message})`,
        "Look at sslmode and sslrootcert in the URL: https://www.postgresql.org/docs/current/libpq-ssl.html.",
      ];
    }
    return [`${at} says "${message}"`, "Check that a PostgreSQL server listens there."];
  })();
  return new ServiceError(`Cannot connect to ${name}: ${state}`, next);
}

/** @throws {ServiceError} when the server is too old or takes no writes. */
export function refuseUnusable(
  row: Pick<FactsRow, "version" | "version_number" | "is_replica">,
  name: string,
): void {
  if (row.version_number < OLDEST_MAJOR * 10_000) {
    throw new ServiceError(
      `Cannot use ${name}: PostgreSQL ${OLDEST_MAJOR} or later is needed, this is ${row.version}`,
      "Name a newer server, or unset it to use the embedded one.",
    );
  }
  if (row.is_replica) {
    throw new ServiceError(
      `Cannot use ${name}: a server that takes writes is needed, this is a read-only replica`,
      "Name the primary.",
    );
  }
}

/** Said where the role may only use tables that are there already. */
export const CANNOT_SEED = "Data cannot be seeded: the role may not create a schema in this database.";

function missing(
  row: FactsRow,
  settings: Readonly<Record<string, string>>,
  statements: string | null,
): string[] {
  const sentences: string[] = [];
  if (statements !== null) {
    sentences.push(
      `Statement statistics are not measured: pg_stat_statements cannot be read (${statements}).`,
    );
  }
  if (!row.superuser && !row.reads_all_stats) {
    sentences.push(
      "What other users' sessions wait for is not measured: the role is not a member of pg_read_all_stats.",
    );
  }
  if (settings.track_io_timing !== "on") {
    sentences.push("I/O times are not measured: track_io_timing is off on this server.");
  }
  if (!row.creates_schemas) {
    sentences.push(CANNOT_SEED);
  }
  return sentences;
}

async function readable(client: pg.Client, relation: string): Promise<string | null> {
  try {
    await client.query(`SELECT FROM ${relation} LIMIT 1`);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function withoutSecrets(message: string, url: string): string {
  const { password, searchParams } = new URL(url);
  return [password, decodeURIComponent(password), ...searchParams.getAll("password")]
    .filter((secret) => secret !== "")
    .reduce((text, secret) => text.replaceAll(secret, "***"), message);
}

function sql(name: string): string {
  return readFileSync(join(import.meta.dirname!, "..", "..", "queries", "observe", `${name}.sql`), "utf8");
}
