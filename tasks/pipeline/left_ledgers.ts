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
import { type LedgerResult, verifyLedger } from "../migrate/ledger/verify.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { LedgerEntry } from "../model/migration.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { asFound, endOfSpool, type FoundLedger, foundText } from "./found_ledger.ts";
import type { LookAtMoved } from "../move/left_moves.ts";
import { keptMoves } from "../move/move_record.ts";
import { keptRecords } from "../undo/journal.ts";
import { withLeft } from "../store/runs.ts";
import { keepLines, keepRun, spoolRoot } from "../store/spool.ts";
import { readSpool } from "../store/spool_reader.ts";
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
      const found = await this.#check(record, urls, where);
      await this.#keep(runId, found).catch((error: Error) => {
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

  async #check(record: LedgerRecord, urls: readonly string[], where: string): Promise<FoundLedger> {
    const { runId } = record;
    const ledgers: LedgerEntry[][] = [];
    const results: LedgerResult[] = [];
    for (const url of urls) {
      const entries: LedgerEntry[] = [];
      const result = await verifyLedger({
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
      results.push(result);
    }
    const merged = mergeLedgers(ledgers);
    // Nobody but the run was in its clone.
    const isClone = keptClones(this.#home).records.some((clone) => clone.runId === runId);
    const ended = endOfSpool(spoolOfLedger(this.#home, runId));
    const found = isClone ? { entries: merged, reserve: [] } : asFound(merged, results, ended);
    this.#told.push([
      `Checked the writes of the run ${runId} ${where}: ${foundText(found.entries)}.`,
      ...new Set(results.flatMap(({ notes }) => notes)),
      ...found.reserve,
    ].join(" "));
    return found;
  }

  /** With its spool, which is loaded later, or in the store that it is in by now. */
  async #keep(runId: string, { entries, reserve }: FoundLedger): Promise<void> {
    const dir = join(spoolRoot(this.#home), runId);
    if (existsSync(dir)) {
      if (reserve.length > 0) keepRun(dir, withLeft(readSpool(dir).run, reserve));
      return keepLines(dir, ledgerTable, entries);
    }
    const db = storeOfLedger(this.#home, runId);
    if (db !== null) await keepLedgerRows(db, runId, entries, reserve);
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
