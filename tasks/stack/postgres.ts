import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { ServiceError } from "../model/errors.ts";
import {
  keptSecret,
  ownerOf,
  prepareReachableDir,
  reachableBy,
  type User,
  writeAtomically,
} from "./places.ts";
import { onFreePort } from "./ports.ts";
import { binariesFor, type PostgresBinaries } from "./postgres_binaries.ts";
import { postgresSettings, renderSettings } from "./postgres_settings.ts";
import { identify, launch, logTail, type ProcessId, stopProcess } from "./process.ts";
import { unprivilegedUser, userById } from "./unprivileged.ts";

/** The major version of the embedded server; a cluster belongs to one. */
const MAJOR = "18";
const SUPERUSER = "benchbook";
const START_TIMEOUT_MS = 30_000;
const RECOVERY_TIMEOUT_MS = 600_000;
/** SQLSTATEs of a server that cannot be used yet, and of one that never will. */
const STARTING_UP = "57P03";
const WRONG_PASSWORD = "28P01";

/** A started embedded server. */
export interface EmbeddedPostgres {
  readonly process: ProcessId;
  readonly port: number;
}

/** Where the one cluster of a home lies, and whom it runs as (null: as ourselves). */
export interface ClusterPlace {
  readonly data: string;
  readonly user: User | null;
  readonly binaries: PostgresBinaries;
}

/**
 * Decides where the cluster lies. Root hands it to an unprivileged user, and outside BENCHBOOK_HOME when that
 * user cannot reach the home; a cluster that exists already stays with its owner.
 */
export function clusterPlace(home: string): ClusterPlace {
  const inside = join(home, "postgres", MAJOR);
  const existing = ownerOf(join(inside, "PG_VERSION"));
  const fallback = unprivilegedUser();
  const user = fallback !== null && existing !== null && existing !== 0
    ? userById(existing) ?? fallback
    : fallback;
  const binaries = binariesFor(user, home);
  if (user === null || reachableBy(home, user)) return { data: inside, user, binaries };
  const data = join(prepareReachableDir(home), "postgres", MAJOR);
  writeAtomically(
    join(home, "postgres", "PLACE.txt"),
    `The database cluster of this home lies in ${data}: the user ${user.name}, who runs it, cannot reach this folder.\n`,
    0o644,
  );
  return { data, user, binaries };
}

/** The password of the embedded server, kept 0600 in the home. */
export function postgresPassword(home: string): string {
  return keptSecret(join(home, "secrets", "postgres"));
}

/** The URL of a database on the embedded server. Holds the password: never print it. */
export function embeddedDatabaseUrl(home: string, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${postgresPassword(home)}@127.0.0.1:${port}/${
    encodeURIComponent(database)
  }`;
}

/**
 * Starts the cluster, made first if there is none yet, and waits until it answers.
 * @param onStarted called as soon as the process exists, before it answers: what is recorded then can be
 * stopped after a crash.
 * @throws {ServiceError} with the end of the server's log.
 */
export async function startPostgres(
  home: string,
  onStarted: (started: EmbeddedPostgres) => void,
  signal?: AbortSignal,
): Promise<EmbeddedPostgres> {
  const place = clusterPlace(home);
  const log = join(home, "logs", "postgres.log");
  await stopLeftOver(place.data);
  if (!existsSync(join(place.data, "PG_VERSION"))) await createCluster(place, home, log);
  const settings = join(place.data, "benchbook.conf");
  writeFileSync(settings, renderSettings(postgresSettings()), { mode: 0o600 });
  giveTo(place.user, settings);
  return await onFreePort(async (port) => {
    const child = await launch({
      command: place.binaries.postgres,
      args: ["-D", place.data, "-p", String(port)],
      env: environment(),
      cwd: "/",
      log,
      user: place.user ?? undefined,
    });
    const started = { process: child.id, port };
    onStarted(started);
    const begun = performance.now();
    const url = embeddedDatabaseUrl(home, port, "postgres");
    for (;;) {
      const problem = await connectProblem(url);
      if (problem === null) return started;
      if (child.hasEnded()) {
        const tail = logTail(log, 12);
        if (tail.includes("Address already in use")) return "port taken" as const;
        throw failedToStart(`it ended with ${await child.ended}`, tail, log);
      }
      if (problem === WRONG_PASSWORD) {
        await stopProcess(child.id, "SIGINT");
        throw new ServiceError(
          `Cannot use the database cluster in ${place.data}: its password is not the one kept in ${home}`,
          "Remove both with `deno task clean`; data is then seeded anew.",
        );
      }
      // After a crash the log is replayed first; the server answers meanwhile, saying so.
      const patienceMs = problem === STARTING_UP ? RECOVERY_TIMEOUT_MS : START_TIMEOUT_MS;
      if (performance.now() - begun > patienceMs) {
        await stopProcess(child.id, "SIGINT");
        throw failedToStart(`no answer within ${patienceMs / 1000} s`, logTail(log), log);
      }
      await sleep(20, undefined, { signal });
    }
  });
}

/**
 * Makes a database unless it exists, with pg_stat_statements in it. Returns its URL.
 * @throws {ServiceError}
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const quoted = pg.escapeIdentifier(name);
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${quoted}`).catch((error: { code?: string }) => {
        // 42P04: someone else made it in between.
        if (error.code !== "42P04") throw error;
      });
    }
  });
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  await withClient(url.href, (client) => client.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"));
  return url.href;
}

/** Removes a database of the embedded server, closing the connections to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(
    adminUrl,
    (client) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  );
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "benchbook" });
  // A server that goes away breaks the query, which throws; unheard, the event would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function createCluster(place: ClusterPlace, home: string, log: string): Promise<void> {
  // Made under another name: an initdb that was cut short must not look like a cluster.
  const part = `${place.data}.part`;
  rmSync(part, { recursive: true, force: true });
  rmSync(place.data, { recursive: true, force: true });
  mkdirSync(dirname(part), { recursive: true, mode: 0o711 });
  chmodSync(dirname(part), 0o711);
  mkdirSync(part, { mode: 0o700 });
  giveTo(place.user, part);
  const passwordFile = `${place.data}.password`;
  writeFileSync(passwordFile, postgresPassword(home), { mode: 0o600 });
  giveTo(place.user, passwordFile);
  try {
    const child = await launch({
      command: place.binaries.initdb,
      // A checksum per page is the default since 18. C.UTF-8 comes from the builtin provider: the same order
      // of strings on every machine, whatever its libc.
      args: [
        `--pgdata=${part}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--set=unix_socket_directories=",
      ],
      env: environment(),
      cwd: "/",
      log,
      user: place.user ?? undefined,
      awaited: true,
    });
    const how = await child.ended;
    if (how !== "exit code 0") throw failedToStart(`initdb ended with ${how}`, logTail(log), log);
    const conf = join(part, "postgresql.conf");
    writeFileSync(conf, `${readFileSync(conf, "utf8")}\ninclude = 'benchbook.conf'\n`);
    renameSync(part, place.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(part, { recursive: true, force: true });
  }
}

/** A postmaster of this cluster that no record knows of: our parent was killed before it could write one. */
async function stopLeftOver(data: string): Promise<void> {
  let lines: string[];
  try {
    lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return;
  }
  const id = identify(Number(lines[0]));
  if (id === null || !commandLine(id.pid).includes(data)) return;
  await stopProcess(id, "SIGINT");
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // No /proc (macOS): PostgreSQL itself refuses a data folder that is in use.
    return "";
  }
}

/** Null when the server answers, else its error code. */
async function connectProblem(url: string): Promise<string | null> {
  try {
    await withClient(url, (client) => client.query("SELECT 1"));
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? "unknown";
  }
}

function giveTo(user: User | null, path: string): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

function environment(): Record<string, string> {
  return { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

function failedToStart(state: string, tail: string, log: string): ServiceError {
  return new ServiceError(
    `Cannot start the embedded PostgreSQL: ${state}${tail === "" ? "" : `\n${tail}`}`,
    `Read ${log}; \`deno task doctor\` says what is missing.`,
  );
}
