import { chownSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clusterPlace, PRIMARY_CLUSTER } from "../stack/postgres_cluster.ts";
import { readPgOptions } from "../postgres/options.ts";

/** How an embedded server reaches another one. */
export interface EmbeddedConnection {
  /** What its subscription stores: it names the file that holds the password, and not the password. */
  readonly connection: string;
  /** Removes the file. */
  remove(): void;
}

/** The embedded servers of a home. */
const CLUSTERS = [PRIMARY_CLUSTER, `${PRIMARY_CLUSTER}-target`];

/**
 * Gives an embedded server a way to another server. The password lies in a file of the run's own beside the server's data,
 * which only the user who runs the server may read, and which libpq reads for it (`passfile`).
 * @param home of the server that connects
 * @param cluster its name: "postgres" or "postgres-target"
 * @param url of what it connects to
 */
export async function embeddedConnection(
  home: string,
  runId: string,
  cluster: string,
  url: string,
): Promise<EmbeddedConnection> {
  const { host, port, user, session, password } = readPgOptions(url, "");
  const database = session.database ?? user;
  const { user: runs } = clusterPlace(home, cluster);
  const path = passfile(home, runId, cluster);
  const line = [host, String(port), database, user, await password() ?? ""]
    .map((word) => word.replace(/[\\:]/g, "\\$&")).join(":");
  // A new one is made, as root must not write through a link.
  rmSync(path, { force: true });
  writeFileSync(path, `${line}\n`, { mode: 0o600, flag: "wx" });
  if (runs !== null) chownSync(path, runs.uid, runs.gid);
  const words = { host, port: String(port), dbname: database, user, passfile: path, connect_timeout: "10" };
  return {
    connection: Object.entries(words).map(([name, value]) => `${name}='${value.replace(/[\\']/g, "\\$&")}'`)
      .join(" "),
    remove: () => rmSync(path, { force: true }),
  };
}

/** Removes the files of a run that was killed. */
export function removePassfiles(home: string, runId: string): void {
  for (const cluster of CLUSTERS) rmSync(passfile(home, runId, cluster), { force: true });
}

function passfile(home: string, runId: string, cluster: string): string {
  return join(dirname(clusterPlace(home, cluster).data), `${cluster}.${runId}.pgpass`);
}
