import { formatSeconds } from "../model/units.ts";
import { join } from "node:path";
import { optional } from "../files/optional.ts";
import { ServiceError } from "../model/errors.ts";
import { connectProblem } from "./databases.ts";
import { onFreePort } from "./ports.ts";
import {
  type ClusterPlace,
  clusterPlace,
  failedToStart,
  postgresEnvironment,
  postgresPassword,
  prepareCluster,
  PRIMARY_CLUSTER,
  SUPERUSER,
} from "./postgres_cluster.ts";
import { identify, launch, type ProcessId, stopProcess } from "./process.ts";
import { sleep } from "../net/sleep.ts";

const START_TIMEOUT_MS = 30_000;
const RECOVERY_TIMEOUT_MS = 600_000;
/** How long the children of a server that was killed may take to notice. */
const LINGER_TIMEOUT_MS = 10_000;

/** SQLSTATEs of a server that cannot be used yet, and of one that never will. */
const STARTING_UP = "57P03";
const WRONG_PASSWORD = "28P01";
/** In their place, of one that does not listen yet. */
const NOT_LISTENING = "not listening";

/** A started embedded server. */
export interface EmbeddedPostgres {
  readonly process: ProcessId;
  readonly port: number;
}

/** The URL of a database on an embedded server, which has no TLS. Holds the password: never print it. */
export function embeddedDatabaseUrl(
  home: string,
  port: number,
  database: string,
  name = PRIMARY_CLUSTER,
): string {
  const password = postgresPassword(home, name);
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${
    encodeURIComponent(database)
  }?sslmode=disable`;
}

/** Which cluster is started, and where it listens. */
export interface ClusterStart {
  /** The instance's; default the primary. */
  readonly name?: string;
  /** Default one that is free. */
  readonly port?: number;
}

/**
 * Starts a cluster, made first if there is none yet, and waits until it answers.
 * @param onStarted called as soon as the process exists, before it answers: what is recorded then can be
 * stopped after a crash.
 * @throws {ServiceError} with the end of the server's log.
 */
export async function startPostgres(
  home: string,
  onStarted: (started: EmbeddedPostgres) => void,
  signal?: AbortSignal,
  { name, port: wanted }: ClusterStart = {},
): Promise<EmbeddedPostgres> {
  const place = clusterPlace(home, name);
  const log = join(home, "logs", `${place.name}.log`);
  await stopLeftOver(place.data);
  await prepareCluster(place, home, log, signal);
  const begun = performance.now();
  return await onFreePort(async (port) => {
    for (;;) {
      const result = await tryStart(place, home, log, port, onStarted, signal);
      if (result !== "in use") return result;
      if (performance.now() - begun > LINGER_TIMEOUT_MS) {
        throw failedToStart(`processes of another server use ${place.data}`, "", log);
      }
      await sleep(200, signal);
    }
  }, wanted);
}

async function tryStart(
  place: ClusterPlace,
  home: string,
  log: string,
  port: number,
  onStarted: (started: EmbeddedPostgres) => void,
  signal?: AbortSignal,
): Promise<EmbeddedPostgres | "port taken" | "in use"> {
  const child = await launch({
    command: place.binaries.postgres,
    args: ["-D", place.data, "-p", String(port)],
    env: postgresEnvironment(),
    cwd: "/",
    log,
    user: place.user ?? undefined,
  });
  const started = { process: child.id, port };
  onStarted(started);
  const begun = performance.now();
  const url = embeddedDatabaseUrl(home, port, "postgres", place.name);
  for (;;) {
    const problem = listens(place.data, child.id) ? await connectProblem(url) : NOT_LISTENING;
    if (problem === null) return started;
    if (child.hasEnded()) {
      const words = child.words();
      if (words.includes("Address already in use")) return "port taken";
      if (/pre-existing shared memory block|lock file .* already exists/.test(words)) return "in use";
      throw failedToStart(`it ended with ${await child.ended}`, words, log);
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
      throw failedToStart(`no answer within ${formatSeconds(patienceMs / 1000)}`, child.words(), log);
    }
    await sleep(20, signal);
  }
}

/** A postmaster of this cluster that no record knows of: our parent was killed before it could write one. */
async function stopLeftOver(data: string): Promise<void> {
  const id = identify(Number(pidFile(data)[0]));
  if (id === null || !argumentsOf(id.pid).includes(data)) return;
  await stopProcess(id, "SIGINT");
}

/**
 * True once this very server has its port: before, what answers there is another program that took it meanwhile, a
 * PostgreSQL with the same password perhaps.
 */
function listens(data: string, { pid }: ProcessId): boolean {
  const [owner, , , , , address = ""] = pidFile(data);
  return owner === String(pid) && address !== "";
}

/** The lines of postmaster.pid: the server's pid first, the address that it listens at sixth. None: it does not run. */
function pidFile(data: string): string[] {
  return optional(join(data, "postmaster.pid"))?.split("\n") ?? [];
}

/** As they are, one by one: the folder of one cluster can be the beginning of another's. */
function argumentsOf(pid: number): string[] {
  // No /proc (macOS): PostgreSQL itself refuses a data folder that is in use.
  return optional(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
}
