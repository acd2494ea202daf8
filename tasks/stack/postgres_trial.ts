import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { reachableDir } from "./places.ts";
import { embeddedDatabaseUrl, type EmbeddedPostgres, startPostgres } from "./postgres.ts";
import { stopProcess } from "./process.ts";

/** A server that is there for a while. */
export interface TrialPostgres {
  /** Its home, a folder of its own. */
  readonly home: string;
  /** Leads to the database "postgres", without TLS. Holds a password. */
  readonly url: string;
  readonly process: EmbeddedPostgres["process"];
  /** How long it took to start. */
  readonly seconds: number;
}

/**
 * Starts an embedded PostgreSQL with a cluster of its own in a new folder within `parent`, gives it to `use`, stops it and
 * removes that folder again.
 * @throws {ServiceError} when it does not start.
 */
export async function withTrialPostgres<T>(
  parent: string,
  use: (postgres: TrialPostgres) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const begun = performance.now();
  let started: EmbeddedPostgres | undefined;
  mkdirSync(parent, { recursive: true });
  // A folder that nobody had before: a name alone would not make what lies there ours to remove.
  const home = mkdtempSync(join(parent, "doctor-"));
  chmodSync(home, 0o711);
  try {
    const { port, process } = await startPostgres(home, (process) => started = process, signal);
    const url = embeddedDatabaseUrl(home, port, "postgres");
    return await use({ home, url, process, seconds: (performance.now() - begun) / 1000 });
  } finally {
    if (started !== undefined) await stopProcess(started.process, "SIGINT");
    rmSync(home, { recursive: true, force: true });
    if (process.getuid?.() === 0) rmSync(reachableDir(home), { recursive: true, force: true });
  }
}

/** Starts an embedded PostgreSQL as `withTrialPostgres` does, for nothing else. Returns the seconds that starting took. */
export function tryPostgres(parent: string, signal?: AbortSignal): Promise<number> {
  return withTrialPostgres(parent, ({ seconds }) => Promise.resolve(seconds), signal);
}
