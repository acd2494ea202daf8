import { existsSync } from "node:fs";
import { join } from "node:path";
import { keptClones } from "../clone/clone_record.ts";
import {
  forgetLedger,
  leftLedger,
  mixOfLedger,
  runsWithLedger,
  spoolOfLedger,
  storeOfLedger,
} from "../migrate/ledger/ledger_record.ts";
import { mergeLedgers } from "../migrate/ledger/merge.ts";
import { verifyLedger } from "../migrate/ledger/verify.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
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
  /** What came of it, a sentence each. */
  readonly told: string[] = [];

  constructor(home: string, signal: AbortSignal) {
    this.#home = home;
    this.#signal = signal;
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

  async #judge(runId: string, urls: readonly string[], where: string): Promise<void> {
    const record = leftLedger(this.#home, runId);
    if (record === null) return;
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
    const ok = entries.filter(({ outcome }) => outcome === "ok").length;
    const wrong = entries.filter(({ problem }) => problem !== null).length;
    const unseen = entries.filter(({ verified }) => verified === null).length;
    const found = [
      ...wrong > 0 ? [counted(wrong, "problem")] : unseen === 0 ? ["none is missing or wrong"] : [],
      ...unseen > 0 ? [`${formatCount(unseen)} could not be looked at`] : [],
    ].join(", ");
    this.told.push(
      [
        `Checked the writes of the run ${runId} ${where}: ${counted(ok, "acknowledged write")}, ${found}.`,
        ...new Set(told),
      ].join(" "),
    );
    try {
      await this.#keep(runId, entries);
      forgetLedger(this.#home, runId);
    } catch (error) {
      if (!(error instanceof BenchbookError)) throw error;
      this.told.push(`That cannot be kept with the run: ${error.message}.`);
    }
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

/** Forgets what a run's writes are judged by, unless what it wrote is left. */
export async function forgetUnlessLeft(home: string, runId: string): Promise<void> {
  const { records: written, refused } = await keptRecords(home);
  const records = [...keptClones(home).records, ...keptMoves(home).records, ...written, ...refused];
  if (!records.some((record) => record.runId === runId)) forgetLedger(home, runId);
}
