import { existsSync } from "node:fs";
import { join } from "node:path";
import { keptClones } from "../clone/clone_record.ts";
import { type LedgerRecord, mixOfLedger } from "../migrate/ledger/ledger_form.ts";
import {
  forgetLedger,
  leftLedger,
  runsWithLedger,
  spoolOfLedger,
  storeOfLedger,
} from "../migrate/ledger/ledger_record.ts";
import { mergeLedgers } from "../migrate/ledger/merge.ts";
import { verifyLedger } from "../migrate/ledger/verify.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { LedgerEntry } from "../model/migration.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { counted, formatCount } from "../model/units.ts";
import type { LookAtMoved } from "../move/left_moves.ts";
import { keptMoves } from "../move/move_record.ts";
import { keptRecords } from "../undo/journal.ts";
import { keepLines, spoolRoot } from "../store/spool.ts";
import { keepLedgerRows } from "../store/ledger_rows.ts";
import { ledgerTable } from "../store/tables/ledger.ts";

/** Judges the writes of migrations that were killed, while what they wrote into is still there. */
export class LeftLedgers {
  readonly #home: string;
  readonly #signal: AbortSignal;
  readonly #told: string[];

  /** @param told gets what came of it, a sentence each */
  constructor(home: string, signal: AbortSignal, told: string[]) {
    this.#home = home;
    this.#signal = signal;
    this.#told = told;
  }

  /**
   * Judges the writes of a run, and keeps that with it, as far as anything is known of them.
   * @param url of its clone; may hold a password
   * @throws {InterruptedError} after the signal: the next start looks again
   */
  readonly look = (runId: string, url: string): Promise<void> => this.#look(runId, url, "on its clone");

  /** The same of a change in place, before its load's writes are taken back. @param url of the user's database; may hold a password */
  readonly lookInPlace = (runId: string, url: string): Promise<void> => {
    const { database, at } = placeOfUrl(url);
    return this.#look(runId, url, `in the database "${database}" at ${at}`);
  };

  async #look(runId: string, url: string, where: string): Promise<void> {
    // What its clients wrote last is elsewhere, and is judged once that server is reached.
    if (keptMoves(this.#home).records.some((move) => move.runId === runId && move.at === "target")) return;
    await this.#judge(runId, [url], where);
  }

  /**
   * The same of a move, before its links are removed.
   * @param holders the databases that must have every write
   */
  readonly lookMoved: LookAtMoved = async ({ runId }, holders) => {
    const [first, ...others] = holders;
    if (first === undefined) return;
    const where = others.length > 0 ? "at both servers" : `at the ${first.side}`;
    await this.#judge(runId, holders.map(({ url }) => url), where);
  };

  /**
   * Judges them for the last time: what was written is removed next, and half of it would look like writes that were lost.
   * What keeps them from being judged keeps nothing from being removed.
   */
  async #judge(runId: string, urls: readonly string[], where: string): Promise<void> {
    const record = leftLedger(this.#home, runId);
    if (record === null) return;
    try {
      if ("unreadable" in record) throw new ServiceError(record.unreadable);
      const entries = await this.#check(record, urls, where);
      await this.#keep(runId, entries).catch((error: Error) => {
        this.#told.push(`That cannot be kept with the run: ${error.message}.`);
      });
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      this.#told.push(`The writes of the run ${runId} cannot be judged: ${(error as Error).message}.`);
    }
    try {
      forgetLedger(this.#home, runId);
    } catch (error) {
      this.#told.push(`What they are judged by cannot be removed: ${(error as Error).message}.`);
    }
  }

  async #check(record: LedgerRecord, urls: readonly string[], where: string): Promise<LedgerEntry[]> {
    const { runId } = record;
    const ledgers: LedgerEntry[][] = [];
    const told: string[] = [];
    for (const url of urls) {
      const entries: LedgerEntry[] = [];
      const { notes } = await verifyLedger({
        ...record,
        url,
        mix: mixOfLedger(record),
        spoolDir: spoolOfLedger(this.#home, runId),
        whole: false,
        signal: this.#signal,
        onEntries: (more) => void entries.push(...more),
      });
      if (this.#signal.aborted) throw new InterruptedError();
      ledgers.push(entries);
      told.push(...notes);
    }
    const entries = mergeLedgers(ledgers);
    this.#told.push([
      `Checked the writes of the run ${runId} ${where}: ${foundText(entries)}.`,
      ...new Set(told),
    ].join(" "));
    return entries;
  }

  /** With its spool, which is loaded later, or in the store that it is in by now. */
  async #keep(runId: string, entries: readonly LedgerEntry[]): Promise<void> {
    const dir = join(spoolRoot(this.#home), runId);
    if (existsSync(dir)) return keepLines(dir, ledgerTable, entries);
    const db = storeOfLedger(this.#home, runId);
    if (db !== null) await keepLedgerRows(db, runId, entries);
  }

  /** Forgets what nothing can be held against any more. */
  async forgetOthers(): Promise<void> {
    for (const runId of runsWithLedger(this.#home)) {
      if (leftLedger(this.#home, runId) !== null) await forgetUnlessLeft(this.#home, runId);
    }
  }
}

/** `36 acknowledged writes, none is missing or wrong`. */
function foundText(entries: readonly LedgerEntry[]): string {
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

/** Forgets what a run's writes are judged by, unless what it wrote is left. */
export async function forgetUnlessLeft(home: string, runId: string): Promise<void> {
  const { records: written, refused } = await keptRecords(home);
  const records = [...keptClones(home).records, ...keptMoves(home).records, ...written, ...refused];
  if (!records.some((record) => record.runId === runId)) forgetLedger(home, runId);
}
