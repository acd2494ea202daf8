import { join } from "node:path";
import type { Config } from "../config.ts";
import { leftInFolder, removeReport } from "../stack/reports_folder.ts";
import { deleteRun, findRun, listRuns, readRuns } from "../store/runs.ts";
import { openStore } from "../store/open.ts";
import { singleLine } from "../terminal/safe_text.ts";
import { runsText } from "../terminal/runs_text.ts";

/** The stored runs as text. */
export async function listStoredRuns(db: string): Promise<string> {
  const store = await openStore(db, { mode: "read" });
  try {
    const { runs, unusable } = await readRuns(store);
    return runsText(runs, unusable);
  } finally {
    store.close();
  }
}

/**
 * Removes a run from the store, and its report.
 * @returns a sentence that says what was removed.
 * @throws {UsageError} when there is no such run; {ServiceError} when its report cannot be removed.
 */
export async function removeRun(config: Config, db: string, reference: string): Promise<string> {
  const store = await openStore(db, { mode: "write" });
  try {
    const { runId, label } = findRun(await listRuns(store), reference);
    const removed = removeReport(config.reports, runId);
    await deleteRun(store, runId);
    const run = `Removed run ${runId}${label === null ? "" : ` (${singleLine(label)})`}`;
    if (removed === null) {
      return `${run}. Left ${join(config.reports, runId)} alone: it is not a report of Benchbook's.`;
    }
    const left = removed ? leftInFolder(config.reports, runId) : [];
    if (left.length > 0) {
      return `${run} and its report. Left in ${join(config.reports, runId)}, as they are not Benchbook's: ${
        left.map(singleLine).join(", ")
      }.`;
    }
    return removed ? `${run} and its report.` : `${run}. It had no report.`;
  } finally {
    store.close();
  }
}
