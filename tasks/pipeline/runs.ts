import { join } from "node:path";
import type { Config } from "../config.ts";
import { isRunId } from "../model/run_id.ts";
import { unlinkRemoved } from "../stack/history_links.ts";
import { isOurIndex, leftInFolder, removeReport } from "../stack/reports_folder.ts";
import { deleteRun, findRun, listRuns, probesOf, readRuns, withoutProbes } from "../store/runs.ts";
import { openStore } from "../store/open.ts";
import { counted } from "../model/units.ts";
import { singleLine } from "../terminal/safe_text.ts";
import { runsText } from "../terminal/runs_text.ts";

/**
 * The stored runs as text, each search as one.
 * @param probes list the probes of searches too
 */
export async function listStoredRuns(
  db: string,
  { probes }: { readonly probes: boolean } = { probes: false },
): Promise<string> {
  using store = await openStore(db, { mode: "read" });
  const { runs, unusable } = await readRuns(store);
  return runsText(probes ? runs : withoutProbes(runs), unusable);
}

/**
 * Removes a run from the store, and its report; a search with all its probes and theirs.
 * @returns a sentence that says what was removed.
 * @throws {UsageError} when there is no such run; {ServiceError} when its report cannot be removed.
 */
export async function removeRun(config: Config, db: string, reference: string): Promise<string> {
  using store = await openStore(db, { mode: "write" });
  const runs = await listRuns(store);
  const { runId, label, kind } = findRun(runs, reference);
  const { ids, areItsOwn } = await probesOf(store, runId);
  // What is no id has no report.
  const told = (areItsOwn ? ids : []).filter(isRunId).map((id) => removeReportOf(config, id))
    .filter(({ left }) => left !== "");
  const { removed, left } = removeReportOf(config, runId);
  await deleteRun(store, runId);
  const named = label === null ? "" : ` (${singleLine(label)})`;
  const what = kind !== "find-rate"
    ? `run ${runId}${named}`
    : `search ${runId}${named}${areItsOwn ? ` with its ${counted(ids.length, "run")}` : ""}`;
  unlinkRemoved(config.reports);
  if (isOurIndex(config.reports)) {
    // The page of all reports led to one that is gone. Charts and templates are loaded for it alone.
    const { writeSite } = await import("../report/site.ts");
    await writeSite(config);
  }
  const report = removed ? " and its report." : left === "" ? ". It had no report." : ".";
  const kept = areItsOwn ? "" : `Kept ${counted(ids.length, "run")} that only their labels call its own.`;
  return [`Removed ${what}${report}`, kept, left, ...told.map((one) => one.left)].filter((part) =>
    part !== ""
  )
    .join(" ");
}

/** Removes a run's report; `left` says what stays, as a sentence, or nothing. */
function removeReportOf({ reports }: Config, runId: string): { removed: boolean; left: string } {
  const removed = removeReport(reports, runId);
  const folder = join(reports, runId);
  if (removed === null) {
    return { removed: false, left: `Left ${folder} alone: it is not a report of Benchbook's.` };
  }
  const left = removed ? leftInFolder(reports, runId) : [];
  if (left.length === 0) return { removed, left: "" };
  const names = left.map((name) => singleLine(name)).join(", ");
  return { removed, left: `Left in ${folder}, as they are not Benchbook's: ${names}.` };
}
