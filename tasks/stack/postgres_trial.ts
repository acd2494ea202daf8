import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { reachableDir } from "./places.ts";
import { type EmbeddedPostgres, startPostgres } from "./postgres.ts";
import { stopProcess } from "./process.ts";

/**
 * Starts an embedded PostgreSQL with a cluster of its own in a new folder within `parent`, stops it and removes that
 * folder again. Returns the seconds that starting took.
 * @throws {ServiceError} when it does not start.
 */
export async function tryPostgres(parent: string, signal?: AbortSignal): Promise<number> {
  const begun = performance.now();
  let started: EmbeddedPostgres | undefined;
  mkdirSync(parent, { recursive: true });
  // A folder that nobody had before: a name alone would not make what lies there ours to remove.
  const home = mkdtempSync(join(parent, "doctor-"));
  chmodSync(home, 0o711);
  try {
    await startPostgres(home, (process) => started = process, signal);
    return (performance.now() - begun) / 1000;
  } finally {
    if (started !== undefined) await stopProcess(started.process, "SIGINT");
    rmSync(home, { recursive: true, force: true });
    if (process.getuid?.() === 0) rmSync(reachableDir(home), { recursive: true, force: true });
  }
}
