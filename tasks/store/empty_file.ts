import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { temporaryFolder } from "../files/temporary.ts";
import { sleep } from "../net/sleep.ts";

/**
 * Makes an empty DuckDB database of an empty file, in its place: its mode, owner and links are its user's.
 * @param wait between two looks whether another process has filled it
 * @throws the system's error; then it is empty as before
 */
export async function fillEmpty(file: string, wait = sleep): Promise<void> {
  using folder = temporaryFolder("benchbook-empty-");
  const made = join(folder.path, "empty.duckdb");
  (await DuckDBInstance.create(made)).closeSync();
  using target = Deno.openSync(file, { read: true, write: true });
  await lock(target, wait);
  // Somebody may have been quicker.
  if (target.statSync().size > 0) return;
  const bytes = Deno.readFileSync(made);
  let at = 0;
  try {
    while (at < bytes.length) at += target.writeSync(bytes.subarray(at));
  } catch (error) {
    // What a program that heeds no lock of ours has written there meanwhile is longer than what we did.
    if (target.statSync().size === at) target.truncateSync(0);
    throw error;
  }
}

/** So long another process may take to fill it. */
const WAIT_MS = 5000;

/** Two that find it empty at once would write over each other; closing it gives it free. */
async function lock(file: Deno.FsFile, wait: typeof sleep): Promise<void> {
  for (const until = performance.now() + WAIT_MS; !file.tryLockSync(true);) {
    if (performance.now() > until) throw new Error("another process has locked it");
    await wait(20);
  }
}
