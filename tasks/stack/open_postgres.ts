import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { embeddedDatabaseUrl, startPostgres } from "./postgres.ts";
import { PRIMARY_CLUSTER } from "./postgres_cluster.ts";
import { inspectPostgres } from "./postgres_server.ts";
import { stopProcess } from "./process.ts";
import type { ClusterRole, PostgresService, StackOptions } from "./services.ts";
import { type OwnerKind, readRecords, record, type ServiceRecord, stopServices } from "./state.ts";

/** The user's server, the one that `up` left, or a new one. The user's is the primary: other roles are embedded. */
export async function openPostgres(
  { home, databaseUrl }: Pick<Config, "home" | "databaseUrl">,
  options: StackOptions,
  started: Set<string>,
  role: ClusterRole,
): Promise<PostgresService> {
  if (databaseUrl !== undefined && role === "primary") {
    options.onStep?.("Connecting to PostgreSQL");
    const facts = await inspectPostgres(databaseUrl, "DATABASE_URL");
    const identity = { name: PRIMARY_CLUSTER, service: "postgres", role } as const;
    return { ...facts, ...identity, origin: "user", adminUrl: facts.url, process: null };
  }
  const name = clusterName(role);
  const running = recordOf(home, name);
  if (running !== undefined) {
    try {
      return await inspectEmbedded(home, role, running);
    } catch {
      // It lives and does not answer: worth nothing to anyone.
      await stopServices(home, [running]);
    }
  }
  options.onStep?.(role === "primary" ? "Starting PostgreSQL" : `Starting PostgreSQL (${role})`);
  return await start(home, role, options, started, options.owner);
}

/**
 * Stops an embedded cluster and starts it again on its port.
 * @throws {ServiceError} when it does not start, or is the user's
 */
export async function restartPostgres(
  home: string,
  { name, role, process }: PostgresService,
  options: StackOptions,
  started: Set<string>,
): Promise<PostgresService> {
  const running = recordOf(home, name);
  if (process === null || running === undefined) {
    throw new ServiceError(
      `Cannot restart ${name}: Benchbook must have started it, and ${
        process === null ? "it is a server of yours" : "it runs no more"
      }`,
    );
  }
  await stopProcess(process, running.stopSignal);
  return await start(home, role, options, started, running.owner.kind, running.port);
}

async function start(
  home: string,
  role: ClusterRole,
  { signal }: StackOptions,
  started: Set<string>,
  owner: OwnerKind,
  wanted?: number,
): Promise<PostgresService> {
  const name = clusterName(role);
  const server = await startPostgres(
    home,
    ({ port, process }) => {
      started.add(name);
      record(home, { name, process, port, stopSignal: "SIGINT", facts: {} }, owner);
    },
    signal,
    { name, port: wanted },
  );
  return await inspectEmbedded(home, role, server);
}

/** Every database that Benchbook makes has pg_stat_statements; the one asked here is only the way in. */
async function inspectEmbedded(
  home: string,
  role: ClusterRole,
  { port, process }: Pick<ServiceRecord, "port" | "process">,
): Promise<PostgresService> {
  const name = clusterName(role);
  const adminUrl = embeddedDatabaseUrl(home, port, "postgres", name);
  const facts = await inspectPostgres(adminUrl, "the embedded PostgreSQL");
  const identity = { name, service: "postgres", role, origin: "embedded" } as const;
  return { ...facts, ...identity, statements: true, unavailable: [], adminUrl, process };
}

function clusterName(role: ClusterRole): string {
  return role === "primary" ? PRIMARY_CLUSTER : `${PRIMARY_CLUSTER}-${role}`;
}

function recordOf(home: string, name: string): ServiceRecord | undefined {
  return readRecords(home).find((record) => record.name === name);
}
