import { strongestLock } from "../../model/lock_modes.ts";
import type { LedgerSummary, MigrationSummary } from "../../model/migration_summary.ts";
import { verdictText } from "../../model/run.ts";
import type { RunSummary } from "../../model/summary.ts";
import { formatCount, formatMs } from "../../model/units.ts";
import { changeText } from "./change_text.ts";

/** What a row about a run that migrates says, wherever several stand below each other. */
export interface MigrationRow {
  /** The change of p95 of all requests that reach the database, from the baseline to while it ran. */
  readonly change: string;
  readonly stall: string;
  readonly errors: string;
  /** The strongest lock that it took, without the word. */
  readonly lock: string;
  /** The longest time that a request waited for a lock. */
  readonly waited: string;
  readonly ledger: string;
  readonly verdict: string;
}

export function migrationRow(
  { verdict, run: { status } }: RunSummary,
  { impacts, stall, errors, steps, waits, ledger }: MigrationSummary,
): MigrationRow {
  const all = impacts.find(({ path, kind }) => path === null && kind === "all");
  const mode = strongestLock(steps.flatMap(({ lockMode }) => lockMode ?? []));
  const waited = waits.find(({ role }) => role === "load");
  return {
    change: changeText(all?.change["0.95"]),
    stall: stall === null ? "none" : formatMs(stall.ms),
    errors: formatCount(errors.reduce((sum, { n }) => sum + n, 0)),
    // All of them are locks.
    lock: mode?.replace(/Lock$/, "") ?? "—",
    waited: formatMs(waited === undefined ? null : waited.waitedUs / 1000),
    ledger: ledgerWord(ledger),
    verdict: verdict === null ? status : verdictText(verdict),
  };
}

/** `clean`, or the problems by their number: `2 lost, 1 duplicate`. */
function ledgerWord({ problems, complete, ok, failed, unknown }: LedgerSummary): string {
  if (problems.length > 0) return problems.map(({ problem, n }) => `${formatCount(n)} ${problem}`).join(", ");
  if (!complete) return "not complete";
  return ok + failed + unknown === 0 ? "no writes" : "clean";
}
