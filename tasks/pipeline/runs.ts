import { basename, join } from "node:path";
import type { Config } from "../config.ts";
import { deleteRun, findRun, listRuns } from "../store/runs.ts";
import { openStore } from "../store/open.ts";
import { runsText } from "../terminal/runs_text.ts";

/** The stored runs as text. */
export async function listStoredRuns(db: string): Promise<string> {
  const store = await openStore(db, { mode: "read" });
  try {
    return runsText(await listRuns(store));
  } finally {
    store.close();
  }
}

/**
 * Removes a run from the store, and its report.
 * @returns a sentence that says what was removed.
 */
export async function removeRun(config: Config, db: string, reference: string): Promise<string> {
  const store = await openStore(db, { mode: "write" });
  try {
    const { runId, label } = findRun(await listRuns(store), reference);
    await deleteRun(store, runId);
    // The id comes from the store: it must not lead out of the reports folder.
    const folder = join(config.reports, basename(runId));
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    return `Removed run ${runId}${label === null ? "" : ` (${label})`} and its report.`;
  } finally {
    store.close();
  }
}
