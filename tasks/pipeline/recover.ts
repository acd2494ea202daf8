import { isAlive } from "../stack/process.ts";
import { loadSpool } from "../store/load.ts";
import { openStore } from "../store/open.ts";
import { pendingSpools, removeSpool } from "../store/spool.ts";
import { formatCount } from "../model/units.ts";

/**
 * Brings runs whose process was killed into the store, with all rows they had spooled. Their writes to the
 * database need no journal: they have reserved keys, and every bench clears those before it begins.
 * @returns a sentence for each run recovered.
 */
export async function recoverRuns(
  home: string,
  db: string,
  onWait?: (holder: string) => void,
): Promise<string[]> {
  const left = pendingSpools(home).filter(({ owner }) => owner === null || !isAlive(owner));
  if (left.length === 0) return [];
  const store = await openStore(db, { mode: "write", onWait });
  try {
    const told: string[] = [];
    for (const { dir, runId } of left) {
      try {
        const { status, timings } = await loadSpool(store, dir);
        told.push(
          `Recovered run ${runId} (${status}): ${
            formatCount(timings)
          } requests. deno task report ${runId} renders it.`,
        );
      } catch (error) {
        // One that never began to measure must not keep the next run from starting.
        if (await exists(`${dir}/run.json`)) throw error;
      }
      removeSpool(dir);
    }
    return told;
  } finally {
    store.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
