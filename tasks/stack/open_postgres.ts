import type { Config } from "../config.ts";
import type { InstanceControl, StartInstance } from "./instance_control.ts";
import { embeddedDatabaseUrl, startPostgres } from "./postgres.ts";
import { PRIMARY_CLUSTER } from "./postgres_cluster.ts";
import { inspectPostgres } from "./postgres_server.ts";
import type { ClusterRole, PostgresService, StackOptions } from "./services.ts";
import { readRecords, record, type ServiceRecord, stopServices } from "./state.ts";

/** The user's server of a role, the one that `up` left, or a new one. */
export async function openPostgres(
  { home, databaseUrl, targetDatabaseUrl }: Pick<Config, "home" | "databaseUrl" | "targetDatabaseUrl">,
  options: StackOptions,
  control: InstanceControl,
  role: ClusterRole,
): Promise<PostgresService> {
  const name = clusterName(role);
  const [variable, url] = role === "primary"
    ? ["DATABASE_URL", databaseUrl]
    : ["TARGET_DATABASE_URL", targetDatabaseUrl];
  if (url !== undefined) {
    options.onStep?.("Connecting to PostgreSQL");
    const facts = await inspectPostgres(url, variable);
    const identity = { name, service: "postgres", role } as const;
    return { ...facts, ...identity, origin: "user", adminUrl: facts.url, process: null };
  }
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
