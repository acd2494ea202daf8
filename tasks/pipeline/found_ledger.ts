import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LedgerResult } from "../migrate/ledger/verify.ts";
import type { LedgerEntry } from "../model/migration.ts";
import { counted, formatCount, formatHours, isoMinutes } from "../model/units.ts";

/** What a later start found of a run's writes. */
export interface FoundLedger {
  readonly entries: readonly LedgerEntry[];
  /** What limits what that says of the run, a sentence each. */
  readonly reserve: readonly string[];
}

/**
 * Says of writes into a database that others write into, too, when they were found so. Where none of the inserted rows is
 * left nothing is judged by them: somebody may have cleaned up.
 * @param entries of all databases
 * @param results of each of them
 * @param ended when the run did; null where nobody knows
 */
export function asFound(
  entries: readonly LedgerEntry[],
  results: readonly Pick<LedgerResult, "inserted">[],
  ended: Date | null,
  now: Date = new Date(),
): FoundLedger {
  if (entries.every(({ problem }) => problem === null)) return { entries, reserve: [] };
  const after = ended === null
    ? ""
    : `, ${formatHours(Math.max(0, now.getTime() - ended.getTime()) / 1000)} after it ended`;
  const at = `at ${isoMinutes(now)} UTC${after}`;
  if (results.every(({ inserted: { looked, there } }) => looked > 0 && there === 0)) {
    return {
      entries: entries.map((entry) => ({ ...entry, verified: null, problem: null })),
      reserve: [
        `None of the rows that the run inserted was left ${at}: whether the change lost them, or somebody has removed ` +
        "them since, is not known.",
      ],
    };
  }
  return {
    entries,
    reserve: [
      `The run's writes are judged as they were found ${at}: others may have changed them since.`,
    ],
  };
}

/** When a run wrote into its spool for the last time; null where it never did. */
export function endOfSpool(dir: string): Date | null {
  try {
    const times = readdirSync(dir).filter((name) => name.endsWith(".seg"))
      .map((name) => statSync(join(dir, name)).mtimeMs);
    return times.length === 0 ? null : new Date(Math.max(...times));
  } catch {
    return null;
  }
}

/** `36 acknowledged writes, none is missing or wrong`. */
export function foundText(entries: readonly LedgerEntry[]): string {
  const count = (has: (entry: LedgerEntry) => boolean) => entries.filter(has).length;
  const ok = count(({ outcome }) => outcome === "ok");
  const wrong = count(({ problem }) => problem !== null);
  const unseen = count(({ verified }) => verified === null);
  return [
    counted(ok, "acknowledged write"),
    ...wrong > 0 ? [counted(wrong, "problem")] : unseen === 0 ? ["none is missing or wrong"] : [],
    ...unseen > 0 ? [`${formatCount(unseen)} could not be looked at`] : [],
  ].join(", ");
}
