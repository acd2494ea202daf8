import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import { ownerOf } from "./home.ts";
import {
  existingPart,
  freeBytes,
  keptSecret,
  prepareReachableDir,
  reachableBy,
  type User,
  writeAtomically,
} from "./places.ts";
import { binariesFor, type PostgresBinaries } from "./postgres_binaries.ts";
import { postgresSettings, renderSettings } from "./postgres_settings.ts";
import { launch } from "./process.ts";
import { unprivilegedUser, userById } from "./unprivileged.ts";

/** The major version of the embedded server; a cluster belongs to one. */
const MAJOR = "18";

/** The superuser of the embedded server. */
export const SUPERUSER = "benchbook";

/** The instance that is the primary: its log, its password and its record are called so. */
export const PRIMARY_CLUSTER = "postgres";

/** Where a cluster of a home lies, and whom it runs as (null: as ourselves). */
export interface ClusterPlace {
  /** The instance's: also its log's and its password's. */
  readonly name: string;
  readonly data: string;
  readonly user: User | null;
  readonly binaries: PostgresBinaries;
}

/**
 * Decides where a cluster lies. Root hands it to an unprivileged user, and outside BENCHBOOK_HOME when that
 * user cannot reach the home; a cluster that exists already stays with its owner.
 * @param name of the instance: "postgres", or "postgres-target", whose data lie beside the primary's
 */
export function clusterPlace(home: string, name = PRIMARY_CLUSTER): ClusterPlace {
  const folder = name.replace(PRIMARY_CLUSTER, MAJOR);
  const inside = join(home, "postgres", folder);
  const existing = ownerOf(join(inside, "PG_VERSION"));
  const fallback = unprivilegedUser();
  const user = fallback !== null && existing !== null && existing !== 0
    ? userById(existing) ?? fallback
    : fallback;
  const binaries = binariesFor(user, home);
  if (user === null || reachableBy(home, user)) return { name, data: inside, user, binaries };
  const outside = join(prepareReachableDir(home), "postgres");
  writeAtomically(
    join(home, "postgres", "PLACE.txt"),
    `The database clusters of this home lie in ${outside}: the user ${user.name}, who runs them, cannot reach this folder.\n`,
    0o644,
  );
  return { name, data: join(outside, folder), user, binaries };
}

/** Bytes still free where the embedded servers of a home keep their data. */
export function freeForData(home: string): number {
  return freeBytes(existingPart(clusterPlace(home).data));
}

/** The password of an embedded server, kept 0600 in the home. */
export function postgresPassword(home: string, name: string): string {
  return keptSecret(join(home, "secrets", name));
}

/**
 * Makes the cluster unless it exists, and writes the settings of this start.
 * @throws {ServiceError} with the end of the log.
 */
export async function prepareCluster(
  place: ClusterPlace,
  home: string,
  log: string,
  signal?: AbortSignal,
): Promise<void> {
  if (!existsSync(join(place.data, "PG_VERSION"))) await createCluster(place, home, log, signal);
  writeFor(place.user, join(place.data, "benchbook.conf"), renderSettings(postgresSettings()));
}

/** The environment of PostgreSQL's programs: messages in English, nothing of ours. */
export function postgresEnvironment(): Record<string, string> {
  return { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

/** The error for a server or an initdb that did not come up; `words` is what it said. */
export function failedToStart(state: string, words: string, log: string): ServiceError {
  return new ServiceError(
    `Cannot start the embedded PostgreSQL: ${state}${words === "" ? "" : `\n${words}`}`,
    `Read ${log}; \`deno task doctor\` says what is missing.`,
  );
}

async function createCluster(
  place: ClusterPlace,
  home: string,
  log: string,
  signal?: AbortSignal,
): Promise<void> {
  // Made under another name: an initdb that was cut short must not look like a cluster.
  const part = `${place.data}.part`;
  rmSync(part, { recursive: true, force: true });
  refuseContent(place.data);
  mkdirSync(dirname(part), { recursive: true, mode: 0o711 });
  chmodSync(dirname(part), 0o711);
  mkdirSync(part, { mode: 0o700 });
  if (place.user !== null) chownSync(part, place.user.uid, place.user.gid);
  const passwordFile = `${place.data}.password`;
  writeFor(place.user, passwordFile, postgresPassword(home, place.name));
  try {
    const child = await launch({
      command: place.binaries.initdb,
      // C.UTF-8 of the builtin provider: strings sort alike on every machine, whatever its libc. A checksum
      // per page is the default since 18.
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
      env: postgresEnvironment(),
      cwd: "/",
      log,
      user: place.user ?? undefined,
      awaited: true,
      signal,
    });
    const how = await child.ended;
    signal?.throwIfAborted();
    if (how !== "exit code 0") throw failedToStart(`initdb ended with ${how}`, child.words(), log);
    const conf = join(part, "postgresql.conf");
    writeFor(place.user, conf, `${readFileSync(conf, "utf8")}\ninclude = 'benchbook.conf'\n`);
    renameSync(part, place.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(part, { recursive: true, force: true });
  }
}

/** A folder without a PG_VERSION is no cluster: what lies in it is not known to be ours, and is not erased. */
function refuseContent(data: string): void {
  if (!existsSync(data) || readdirSync(data).length === 0) return;
  throw new ServiceError(
    `Cannot make the database cluster in ${data}: it is not empty, and is no cluster`,
    "Move it away, and run the task again.",
  );
}

/**
 * Writes a 0600 file that belongs to `user`. Always a new file: root must not write through a link that the
 * unprivileged owner of the folder could have put there.
 */
function writeFor(user: User | null, path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, content, { mode: 0o600, flag: "wx" });
  if (user !== null) chownSync(path, user.uid, user.gid);
}
