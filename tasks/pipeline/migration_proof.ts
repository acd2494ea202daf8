import type { SpooledTable } from "../load/run_events.ts";
import { type ChecksumsBefore, checksumsBefore, compareChecksums } from "../migrate/checksums.ts";
import { forgetLedger, keepLedger } from "../migrate/ledger/ledger_record.ts";
import type { RegisterValues } from "../migrate/ledger/register_rows.ts";
import { registersBefore } from "../migrate/ledger/registers_before.ts";
import { type LedgerOptions, verifyLedger } from "../migrate/ledger/verify.ts";
import { writtenBy } from "../migrate/ledger/written.ts";
import { NOTHING, ownWrites, type Uncompared } from "../migrate/own_writes.ts";
import { BenchbookError } from "../model/errors.ts";
import type { OwnWrites, VariantPlan } from "../model/migration.ts";
import { counted, formatCount } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import { checksumTable } from "../store/tables/checksum.ts";
import { ledgerTable } from "../store/tables/ledger.ts";
import { slotWrites } from "../undo/may_write.ts";
import { slotsBelow, streamsOf } from "./load_plan.ts";
import type { FinishedLoad } from "./measure.ts";
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
      const registers = await registersBefore(deciding);
      const sums = await checksumsBefore(summed(system));
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
    const { config: { home }, runId, scenario, data, dataset: { name, counts }, sources, migrating } =
      this.#system;
    // In place the next start takes the writes back.
    if (migrating?.place !== "clone") return;
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

  /** The run is over, and what is known of its writes is in its spool. */
  forget(): void {
    const { config: { home }, runId } = this.#system;
    forgetLedger(home, runId);
  }

  /** What the change itself writes into the rows that are compared. */
  get own(): OwnWrites {
    return this.#before.uncompared.own;
  }

  /** Holds what is there after the load against what was acknowledged. @returns what could not be looked at, a sentence each */
  async after({ spoolDir }: FinishedLoad, keep: Keep): Promise<readonly string[]> {
    return [...await this.#writes(spoolDir, keep), ...await this.#rows(keep)];
  }

  #writes(spoolDir: string, keep: Keep): Promise<readonly string[]> {
    const { terminal, signal } = this.#system;
    return terminal.step("Check every write", async (progress) => {
      let looked = 0;
      // Of a run that its user has ended too: mostly it takes a moment, and the clone is about to go.
      const leaving = signal.aborted ? AbortSignal.timeout(LEAVING_MS) : undefined;
      const { ok, notes, problems } = await verifyLedger({
        ...this.#deciding,
        signal: leaving,
        spoolDir,
        whole: true,
        registers: this.#before.registers,
        onEntries: (entries) => {
          keep(ledgerTable, entries);
          progress(counted(looked += entries.length, "write"));
        },
      });
      const wrong = Object.values(problems).reduce((sum, n) => sum + n, 0);
      const found = wrong === 0 ? "each as it must be" : counted(wrong, "problem");
      return { value: notes, detail: `${counted(ok, "acknowledged write")}, ${found}` };
    });
  }

  #rows(keep: Keep): Promise<readonly string[]> {
    const { sums, uncompared } = this.#before;
    const { terminal, signal } = this.#system;
    const lacking = (why: string) => [`The rows that nobody wrote were not compared: ${why}.`];
    if (signal.aborted) return Promise.resolve(lacking("the run was interrupted"));
    return terminal.step("Check the rows that nobody wrote", async () => {
      try {
        const { checksums, different, notes, ranges } = await compareChecksums(
          summed(this.#system),
          sums,
          uncompared,
        );
        keep(checksumTable, checksums);
        const [first] = different;
        const found = first === undefined
          ? "all equal"
          : `${formatCount(different.length)} differ, such as ${first}`;
        return { value: notes, detail: `${counted(ranges, "checksum")}, ${found}` };
      } catch (error) {
        // What is known of the writes is kept all the same.
        if (!(error instanceof BenchbookError)) throw error;
        return { value: lacking(signal.aborted ? "the run was interrupted" : error.message), sign: "✗" };
      }
    });
  }
}

/** What was there before the load. */
interface Before {
  readonly registers: RegisterValues;
  readonly sums: ChecksumsBefore;
  readonly uncompared: Uncompared;
}

/** What is summed up: the schemas of the data. */
function summed({ databaseUrl: url, scenario, signal }: SystemUnderTest) {
  const { schemas } = scenario.ownTables ?? datasets[scenario.datasetName!]!;
  return { url, scenario, schemas, signal };
}
