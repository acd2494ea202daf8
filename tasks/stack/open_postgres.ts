import type { Config } from "../config.ts";
import type { InstanceControl, StartInstance } from "./instance_control.ts";
import { embeddedDatabaseUrl, startPostgres } from "./postgres.ts";
import { PRIMARY_CLUSTER } from "./postgres_cluster.ts";
import { inspectPostgres } from "./postgres_server.ts";
import type { ClusterRole, PostgresService, StackOptions } from "./services.ts";
import { readRecords, record, type ServiceRecord, stopServices } from "./state.ts";

/** The user's server, the one that `up` left, or a new one. The user's is the primary: other roles are embedded. */
export async function openPostgres(
  { home, databaseUrl }: Pick<Config, "home" | "databaseUrl">,
  options: StackOptions,
  control: InstanceControl,
  role: ClusterRole,
): Promise<PostgresService> {
  if (databaseUrl !== undefined && role === "primary") {
    options.onStep?.("Connecting to PostgreSQL");
    const facts = await inspectPostgres(databaseUrl, "DATABASE_URL");
    const identity = { name: PRIMARY_CLUSTER, service: "postgres", role } as const;
    return { ...facts, ...identity, origin: "user", adminUrl: facts.url, process: null };
  }
  const name = clusterName(role);
  const start = starterOf(home, name, options, control);
  control.add(name, start);
  const running = readRecords(home).find((record) => record.name === name);
  if (running !== undefined) {
    try {
      return await inspectEmbedded(home, role, running);
    } catch {
      // It lives and does not answer: worth nothing to anyone.
      await stopServices(home, [running]);
    }
  }
  options.onStep?.(role === "primary" ? "Starting PostgreSQL" : `Starting PostgreSQL (${role})`);
  return await inspectEmbedded(home, role, await start(options.owner));
}

/** How the embedded cluster of a role is started. */
function starterOf(
  home: string,
  name: string,
  { signal }: StackOptions,
  { started }: InstanceControl,
): StartInstance {
  return (owner, port) =>
    startPostgres(
      home,
      ({ port, process }) => {
        started.add(name);
        record(home, { name, process, port, stopSignal: "SIGINT", facts: {} }, owner);
      },
      signal,
      { name, port },
    );
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
