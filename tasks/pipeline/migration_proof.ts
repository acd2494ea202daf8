import type { SpooledTable } from "../load/run_events.ts";
import { forgetLedger, keepLedger } from "../migrate/ledger/ledger_record.ts";
import type { RegisterValues } from "../migrate/ledger/register_rows.ts";
import {
  type ChecksumComparison,
  type ChecksumsBefore,
  checksumsBefore,
  compareChecksums,
} from "../migrate/checksums.ts";
import { plannedKeys, registersBefore } from "../migrate/ledger/registers_before.ts";
import { mergeLedgers } from "../migrate/ledger/merge.ts";
import { type LedgerOptions, type LedgerResult, verifyLedger } from "../migrate/ledger/verify.ts";
import { writtenBy } from "../migrate/ledger/written.ts";
import { NOTHING, ownWrites, type Uncompared } from "../migrate/own_writes.ts";
import { BenchbookError } from "../model/errors.ts";
import type { ChangeWrites, LedgerEntry, VariantPlan } from "../model/migration.ts";
import { counted, formatCount } from "../model/units.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { checksumTable } from "../store/tables/checksum.ts";
import { ledgerTable } from "../store/tables/ledger.ts";
import { slotWrites } from "../undo/may_write.ts";
import type { OtherWriters } from "./change.ts";
import { slotsBelow, streamsOf } from "./load_plan.ts";
import type { FinishedLoad } from "./measure.ts";
import { schemasOf } from "./own_tables.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Takes rows of a table. */
type Keep = (table: SpooledTable, rows: readonly unknown[]) => void;

/** So long the writes are looked at after an interrupt. */
const LEAVING_MS = 2500;

/** What decides which writes there are. */
type Deciding = Pick<
  LedgerOptions,
  "url" | "written" | "writes" | "mix" | "arms" | "slots" | "retries" | "signal"
>;

/** What proves that no write was lost, and that no other row was changed. */
export class Proof {
  readonly #system: SystemUnderTest;
  readonly #deciding: Deciding;
  readonly #before: Before;
  #updated: LedgerResult["updated"] = null;
  #isVerified = false;

  private constructor(system: SystemUnderTest, deciding: Deciding, before: Before) {
    this.#system = system;
    this.#deciding = deciding;
    this.#before = before;
  }

  /** Looks at what is there before the load. */
  static async before(system: SystemUnderTest, { steps, variant }: VariantPlan): Promise<Proof> {
    const { databaseUrl: url, scenario, plan: { seed, loop }, mix, writing, signal, terminal } = system;
    const { operations } = scenario;
    const streams = streamsOf(system);
    const slots = slotsBelow(system, streams);
    const deciding = {
      url,
      written: await writtenBy(scenario),
      arms: writing.databases[0]!.arms,
      retries: scenario.retry?.attempts ?? 0,
      writes: slotWrites({ seed, loop, operations, streams }),
      mix,
      slots: Number.isFinite(slots) ? slots : null,
      signal,
    };
    const before = await terminal.step("Look at the rows before the load", async () => {
      const planned = plannedKeys(deciding);
      const registers = await registersBefore(deciding, planned);
      const sums = await checksumsBefore({ ...summed(system), planned });
      const { length } = sums.tables;
      // What comes with Benchbook leaves every row that was there as it was, and is held to that.
      const uncompared = variant === "own"
        ? await ownWrites(steps, sums.tables.map(({ table }) => table), { url, scenario, signal })
        : NOTHING;
      return { value: { registers, sums, uncompared }, detail: `checksums of ${counted(length, "table")}` };
    });
    const proof = new Proof(system, deciding, before);
    proof.#keep();
    return proof;
  }

  /** What the run's writes are judged by is on disk before the first of them: a kill takes along what is in memory alone. */
  #keep(): void {
    const { config: { home }, runId, scenario, data, dataset: { name, counts }, sources } = this.#system;
    const { operations, ownTables } = scenario;
    const { written, writes, arms, slots, retries } = this.#deciding;
    const dataset = data === null ? null : { name, counts };
    keepLedger(home, {
      runId,
      written,
      writes,
      arms,
      slots,
      retries,
      draws: { operations, dataset, ...ownTables?.keys && { ownKeys: ownTables.keys }, sources },
      registers: this.#before.registers,
    });
  }

  /**
   * The run is over. What could not be looked at the next start can judge, as long as the clone is there, or in place the
   * writes are; of a move in place they are at two servers.
   */
  forget(): void {
    const { config: { home }, runId, migrating } = this.#system;
    const isMovedInPlace = migrating?.place === "in-place" && migrating.config.move !== undefined;
    if (!this.#isVerified && !isMovedInPlace) return;
    forgetLedger(home, runId);
  }

  /** What the change itself writes into the rows that are compared. */
  get own(): ChangeWrites {
    return this.#before.uncompared.own;
  }

  /**
   * Holds what is there after the load against what was acknowledged.
   * @param urls of the databases that hold the data, each of which must hold all of it; may hold passwords
   * @param others may write there besides the load; null: nobody
   * @returns what could not be looked at, a sentence each
   */
  async after(
    { spoolDir }: FinishedLoad,
    urls: readonly string[],
    keep: Keep,
    others: OtherWriters | null,
  ): Promise<readonly string[]> {
    return [...await this.#writes(spoolDir, urls, keep), ...await this.#rows(urls, keep, others)];
  }

  #writes(spoolDir: string, urls: readonly string[], keep: Keep): Promise<readonly string[]> {
    const { terminal, signal } = this.#system;
    return terminal.step("Check every write", async (progress) => {
      // Of a run that its user has ended too: mostly it takes a moment, and the clone is about to go.
      const leaving = signal.aborted ? AbortSignal.timeout(LEAVING_MS) : undefined;
      let looked = 0;
      const told = (entries: readonly LedgerEntry[]) => progress(counted(looked += entries.length, "write"));
      const load = { spoolDir, signal: leaving };
      const { ok, wrong, notVerified, notes } = urls.length === 1
        ? await this.#ledgerAt(urls[0]!, load, (entries) => {
          keep(ledgerTable, entries);
          told(entries);
        })
        : await this.#ledgersAt(urls, load, keep, told);
      this.#isVerified = notVerified === 0;
      const found = [
        ...wrong > 0 ? [counted(wrong, "problem")] : notVerified === 0 ? ["each as it must be"] : [],
        ...notVerified > 0 ? [`${formatCount(notVerified)} could not be looked at`] : [],
      ].join(", ");
      const both = urls.length === 1 ? "" : ", at both servers";
      const detail = `${counted(ok, "acknowledged write")}, ${found}${both}`;
      return { value: notes, detail, ...notVerified > 0 && { sign: "✗" } };
    });
  }

  /** At several servers, each of which must have every write: one ledger of all. */
  async #ledgersAt(
    urls: readonly string[],
    load: Pick<LedgerOptions, "spoolDir" | "signal">,
    keep: Keep,
    told: LedgerOptions["onEntries"],
  ): Promise<LedgerFound> {
    const notes: string[] = [];
    const ledgers: LedgerEntry[][] = [];
    for (const [nth, url] of urls.entries()) {
      const own: LedgerEntry[] = [];
      ledgers.push(own);
      const found = await this.#ledgerAt(url, load, (entries) => {
        own.push(...entries);
        told(entries);
      });
      notes.push(...found.notes.map((note) => nth === 0 ? note : `At ${placeOfUrl(url).at}: ${note}`));
    }
    const entries = mergeLedgers(ledgers);
    keep(ledgerTable, entries);
    return {
      ok: entries.filter(({ outcome }) => outcome === "ok").length,
      wrong: entries.filter(({ problem }) => problem !== null).length,
      notVerified: entries.filter(({ verified }) => verified === null).length,
      notes,
    };
  }

  async #ledgerAt(
    url: string,
    load: Pick<LedgerOptions, "spoolDir" | "signal">,
    onEntries: LedgerOptions["onEntries"],
  ): Promise<LedgerFound> {
    const { ok, notVerified, notes, problems, updated } = await verifyLedger({
      ...this.#deciding,
      ...load,
      url,
      whole: true,
      registers: this.#before.registers,
      onEntries,
    });
    this.#updated ??= updated;
    return { ok, wrong: Object.values(problems).reduce((sum, n) => sum + n, 0), notVerified, notes };
  }

  #rows(urls: readonly string[], keep: Keep, others: OtherWriters | null): Promise<readonly string[]> {
    const { terminal, signal } = this.#system;
    const lacking = (why: string) => [`The rows that nobody wrote were not compared: ${why}.`];
    if (signal.aborted) return Promise.resolve(lacking("the run was interrupted"));
    return terminal.step("Check the rows that nobody wrote", async () => {
      try {
        const compared = [];
        for (const url of urls) compared.push(await this.#rowsAt(url, keep, url === urls[0]));
        const [first, ...more] = compared.flatMap(({ different }) => different);
        const found = first === undefined
          ? "all equal"
          : `${formatCount(1 + more.length)} differ, such as ${first}`;
        const ranges = compared.reduce((sum, each) => sum + each.ranges, 0);
        const notes = compared.flatMap((each) => each.notes);
        const changed = new Set(compared.flatMap((each) => [...each.changed]));
        if (others !== null && changed.size > 0) others.keep(await this.#wrote(others, changed));
        return { value: notes, detail: `${counted(ranges, "checksum")}, ${found}` };
      } catch (error) {
        // What is known of the writes is kept all the same.
        if (!(error instanceof BenchbookError)) throw error;
        return { value: lacking(signal.aborted ? "the run was interrupted" : error.message), sign: "✗" };
      }
    });
  }

  /** Whether others have written rows of some tables. */
  async #wrote(others: OtherWriters, tables: ReadonlySet<string>): Promise<boolean | null> {
    const wrote = await others.wrote([...tables]);
    const { migrating, databaseUrl: url } = this.#system;
    // Clients that were led over may have written at the new server alone.
    if (wrote !== null || migrating?.onSwitch !== null) return wrote;
    const { sums, uncompared } = this.#before;
    const { changed } = await compareChecksums({ ...summed(this.#system), url }, sums, uncompared);
    // No move writes at the old server, so that others did.
    return changed.isDisjointFrom(tables) ? false : null;
  }

  /** @param isFirst of others it is said where their rows are */
  async #rowsAt(url: string, keep: Keep, isFirst: boolean): Promise<ChecksumComparison> {
    const { sums, uncompared, registers: first } = this.#before;
    const unwritten = this.#updated === null ? null : { first, updated: this.#updated };
    const at = placeOfUrl(url).at;
    const found = await compareChecksums({ ...summed(this.#system), url }, sums, uncompared, unwritten);
    const named = isFirst ? found : {
      ...found,
      checksums: found.checksums.map((row) => ({ ...row, relation: `${row.relation} at ${at}` })),
      different: found.different.map((text) => `at ${at}: ${text}`),
      notes: found.notes.map((note) => `At ${at}: ${note}`),
    };
    keep(checksumTable, named.checksums);
    return named;
  }
}

/** What a ledger comes to: acknowledged writes, problems, and what could not be looked at, a sentence each. */
interface LedgerFound {
  readonly ok: number;
  readonly wrong: number;
  readonly notVerified: number;
  readonly notes: readonly string[];
}

/** What was there before the load. */
interface Before {
  readonly registers: RegisterValues;
  readonly sums: ChecksumsBefore;
  readonly uncompared: Uncompared;
}

/** What is summed up: the schemas of the data. */
function summed({ databaseUrl: url, scenario, signal }: SystemUnderTest) {
  return { url, scenario, schemas: schemasOf(scenario), signal };
}
