import { chmodSync, mkdirSync, rmSync } from "node:fs";
import process from "node:process";
import { reachableDir } from "./places.ts";
import { type EmbeddedPostgres, startPostgres } from "./postgres.ts";
import { stopProcess } from "./process.ts";

/**
 * Starts an embedded PostgreSQL with a cluster of its own in `home`, stops it and removes everything again.
 * Returns the seconds that starting took.
 * @throws {ServiceError} when it does not start.
 */
export async function tryPostgres(home: string, signal?: AbortSignal): Promise<number> {
  const begun = performance.now();
  let started: EmbeddedPostgres | undefined;
  mkdirSync(home, { recursive: true });
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
