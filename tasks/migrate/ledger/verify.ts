import type { Client } from "pg";
import { type Mix, NOT_CAPTURED } from "../../load/mix.ts";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import type { LedgerEntry, LedgerProblem } from "../../model/migration.ts";
import type { WritingArm } from "../../undo/evidence.ts";
import { operationOfSlot, type SlotWrites } from "../../undo/may_write.ts";
import { writeRows } from "../../undo/told.ts";
import { alwaysWrites } from "./acknowledged.ts";
import { type FoundRows, InsertedRows, type InsertedWrite, judgeInserted, type Proven } from "./inserted.ts";
import { registerKey } from "./register_key.ts";
import {
  judgeRegister,
  judgeRegisters,
  registerId,
  type RegisterValues,
  type RegisterVerdicts,
  type RegisterWrite,
  textOf,
} from "./register_rows.ts";
import {
  type Always,
  attemptEvidence,
  readOutcomes,
  type SlotOutcome,
  type SlotOutcomes,
} from "./slot_outcomes.ts";
import { readAtOnce } from "./sql.ts";
import { changedLater, type Written } from "./written.ts";

/** Writes looked at in one go. */
const BATCH = 5000;
/** A kill loses what was sent in its last moments: so many slots beyond the last one that was recorded are looked at. */
const UNTOLD_SLOTS = 10_000;

/** Which run is judged, and where it wrote. */
export interface LedgerOptions {
  /** Of the database that was written into, after all sessions that wrote are over. May hold a password. */
  readonly url: string;
  /** The run's spool. */
  readonly spoolDir: string;
  /** What each operation leaves, by `writtenBy`. */
  readonly written: readonly (Written | null)[];
  /** What decides which slots write: `slotWrites` of the load. */
  readonly writes: SlotWrites;
  /** What decides which values they give. */
  readonly mix: Mix;
  /** In the order in which operations are numbered. */
  readonly arms: readonly WritingArm[];
  /** Slots of the load lie below this; null where only its end decides. */
  readonly slots: number | null;
  /** Whether the spool tells of every slot that was sent; after a kill of the run it does not. */
  readonly whole: boolean;
  /** Further attempts that a slot may have. */
  readonly retries: number;
  /** What the registers held before the first write, by `registersBefore`; without it a value that nobody wrote is not told. */
  readonly registers?: RegisterValues;
  readonly signal?: AbortSignal;
  /** Told of what became of writes, by and by, in the order of their slots. */
  readonly onEntries: (entries: readonly LedgerEntry[]) => void;
}

/** What came of all writes. */
export interface LedgerResult {
  /** Writes of each outcome. */
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  /** Of unknown ones those that are there. */
  readonly unknownPresent: number;
  /** Writes that could not be looked at. */
  readonly notVerified: number;
  readonly problems: Readonly<Partial<Record<LedgerProblem, number>>>;
  /** Acknowledged writes whose rows were looked for, and those of which any row is there. */
  readonly inserted: { readonly looked: number; readonly there: number };
  /** What could not be looked at and why, a sentence each. */
  readonly notes: readonly string[];
  /** Rows that updates wrote, or may have written, by `registerId`: their keys; null where the registers were not read. */
  readonly updated: ReadonlyMap<string, ReadonlySet<string>> | null;
}

/**
 * Holds every write of a run against what the database has of it: an acknowledged write is there exactly once, with the
 * values that were drawn for it, a refused one is not there, and one that nobody answered is there once or not at all. No
 * key of the table's is trusted in that: rows are counted. Writes of the same row are judged by the last one, see
 * `RegisterHistory`. Goes through the writes by ranges of slots, at one snapshot; two bytes of memory a slot.
 * What a database that cannot be reached has of them is not known, and likewise after `signal`: their entries say so.
 */
export async function verifyLedger(options: LedgerOptions): Promise<LedgerResult> {
  const { url, spoolDir, writes, arms, signal } = options;
  const always = alwaysWrites(options);
  const { outcomes, torn } = readOutcomes(spoolDir, writes, arms, always);
  const known = { ...options, whole: options.whole && !torn };
  const ledger = new Ledger(known, outcomes, always);
  try {
    return await readAtOnce(url, "benchbook-ledger", signal, (client) => ledger.verify(client));
  } catch (error) {
    if (error instanceof InterruptedError) return ledger.giveUp("the run was interrupted");
    if (!(error instanceof ServiceError)) throw error;
    return ledger.giveUp(error.message);
  }
}

class Ledger {
  readonly #options: LedgerOptions;
  readonly #outcomes: SlotOutcomes;
  readonly #always: Always;
  readonly #written: readonly (Written | null)[];
  #tables: readonly (readonly InsertedRows[])[] = [];
  readonly #sequence: number[];
  readonly #counts = { ok: 0, failed: 0, unknown: 0, unknownPresent: 0, notVerified: 0 };
  readonly #inserted = { looked: 0, there: 0 };
  readonly #problems: Partial<Record<LedgerProblem, number>> = {};
  /** Slots from here on have not been judged yet. */
  #next = 0;

  constructor(options: LedgerOptions, outcomes: SlotOutcomes, always: Always) {
    this.#options = options;
    this.#always = always;
    this.#outcomes = outcomes;
    this.#written = options.written;
    this.#sequence = Array.from({ length: outcomes.workers }, () => 0);
  }

  async verify(client: Client): Promise<LedgerResult> {
    this.#tables = this.#written.map((one) =>
      one?.kind === "rows"
        ? one.tables.map((table) => new InsertedRows(client, table, changedLater(this.#written, table)))
        : []
    );
    const registers = this.#written.flatMap((one) => one?.kind === "register" ? [one.register] : []);
    const verdicts = await judgeRegisters(
      client,
      registers,
      () => this.#registerWrites(),
      this.#options.registers ?? new Map(),
    );
    await this.#inBatches(async (slots) => this.#tell(slots, await this.#judge(slots, verdicts)));
    return this.#result(this.#notes(verdicts), verdicts.keys);
  }

  /** Says of all writes that have not been judged yet that they could not be. @param why as a sentence's part */
  async giveUp(why: string): Promise<LedgerResult> {
    await this.#inBatches((slots) => this.#tell(slots, new Map()));
    return this.#result([`Writes could not be looked at: ${why}.`]);
  }

  #result(notes: readonly string[], updated: LedgerResult["updated"] = null): LedgerResult {
    return { ...this.#counts, problems: this.#problems, inserted: this.#inserted, notes, updated };
  }

  async #inBatches(use: (slots: readonly Slot[]) => Promise<void> | void): Promise<void> {
    let batch: Slot[] = [];
    for (const slot of this.#slots(this.#next)) {
      batch.push(slot);
      if (batch.length < BATCH) continue;
      await use(batch);
      batch = [];
    }
    await use(batch);
  }

  /** Slots of writes in their order: recorded ones, and after a kill those that may have been sent. */
  *#slots(from = 0): Generator<Slot> {
    const { writes, whole, slots, retries } = this.#options;
    const operationOf = operationOfSlot(writes);
    const until = Math.min(slots ?? Infinity, this.#outcomes.last + 1 + (whole ? 0 : UNTOLD_SLOTS));
    for (let slot = from; slot < until; slot++) {
      const operation = operationOf(slot);
      if (this.#written[operation] === null) continue;
      const known = this.#outcomes.of(slot);
      if (known !== null) yield { slot, operation, ...known };
      else if (!whole) {
        const worker = Math.floor(slot / writes.streams.length) % this.#outcomes.workers;
        yield { slot, operation, worker, outcome: "unknown", doubtful: 1 + retries, isUntold: true };
      }
    }
  }

  *#registerWrites(): Generator<RegisterWrite> {
    const { spoolDir, writes, arms, whole } = this.#options;
    const { length } = writes.operations;
    const writeOf = (
      slot: number,
      operation: number,
      attempt: RegisterWrite["attempt"],
    ): RegisterWrite | null => {
      const one = this.#written[operation];
      if (one?.kind !== "register") return null;
      const values = this.#options.mix.valuesOf(slot, operation, NOT_CAPTURED);
      const { register } = one;
      return {
        register,
        key: registerKey(register, slot, operation, this.#options),
        value: textOf(values[register.value.param]),
        attempt,
      };
    };
    for (const row of writeRows(spoolDir, writes.operations, { torn: false })) {
      if (!row.sent || row.outcome === "unsent" || row.outcome === "shed") continue;
      const outcome = OUTCOME_OF[attemptEvidence(row, { operations: length, arms, always: this.#always })];
      const found = writeOf(row.slot, row.operation % length, { ...row, outcome });
      if (found !== null) yield found;
    }
    if (whole) return;
    for (const { slot, operation, isUntold } of this.#slots()) {
      if (!isUntold) continue;
      const found = writeOf(slot, operation, { slot, outcome: "unknown", sentUs: NaN, doneUs: NaN });
      if (found !== null) yield found;
    }
  }

  async #judge(slots: readonly Slot[], verdicts: RegisterVerdicts): Promise<ReadonlyMap<number, Proven>> {
    const judged = new Map<number, Proven>();
    for (const [operation, part] of Map.groupBy(slots, ({ operation }) => operation)) {
      const written = this.#written[operation]!;
      if (written.kind === "rows") await this.#judgeInserted(operation, written.param, part, judged);
      else if (written.kind === "register") {
        const isRefused = verdicts.refusals.has(registerId(written.register));
        for (const slot of part) judged.set(slot.slot, isRefused ? UNSEEN : judgeRegister(slot, verdicts));
      }
    }
    return judged;
  }

  #tell(slots: readonly Slot[], judged: ReadonlyMap<number, Proven>): void {
    const entries = slots.flatMap((slot) => this.#entry(slot, judged.get(slot.slot) ?? UNSEEN));
    if (entries.length > 0) this.#options.onEntries(entries);
    this.#next = (slots.at(-1)?.slot ?? this.#next - 1) + 1;
  }

  async #judgeInserted(
    operation: number,
    param: string,
    slots: readonly Slot[],
    judged: Map<number, Proven>,
  ): Promise<void> {
    const { mix } = this.#options;
    const asked: InsertedWrite[] = slots.map(({ slot }) => {
      const values = mix.valuesOf(slot, operation, NOT_CAPTURED);
      return { slot, key: Number(values[param]), values };
    });
    const parts: (readonly FoundRows[] | null)[] = [];
    for (const table of this.#tables[operation]!) parts.push(await table.look(asked));
    slots.forEach((slot, at) => {
      const found = parts.map((part) => part?.[at] ?? null);
      judged.set(slot.slot, judgeInserted(slot, found));
      if (slot.outcome !== "ok" || found.every((part) => part === null)) return;
      this.#inserted.looked++;
      if (found.some((part) => part !== null && part.rows > 0)) this.#inserted.there++;
    });
  }

  /** None for what was never sent and is not there. */
  #entry({ slot, operation, worker, outcome, isUntold }: Slot, { verified, problem }: Proven): LedgerEntry[] {
    if (outcome === null && problem === null) return [];
    if (isUntold && slot > this.#outcomes.last && verified !== true && problem === null) return [];
    const said = outcome ?? "failed";
    this.#counts[said]++;
    if (said === "unknown" && verified === true) this.#counts.unknownPresent++;
    if (verified === null) this.#counts.notVerified++;
    if (problem !== null) this.#problems[problem] = (this.#problems[problem] ?? 0) + 1;
    const seq = this.#sequence[worker]!++;
    const op = this.#nameOf(operation);
    return [{ client: worker, seq, op, slot, outcome: said, verified, problem }];
  }

  #nameOf(operation: number): string {
    return this.#options.writes.operations[operation]!.name ?? `operation ${operation}`;
  }

  #notes({ refusals }: RegisterVerdicts): string[] {
    const names = (kind: Written["kind"]) =>
      this.#written.flatMap((one, at) => one?.kind === kind ? [this.#nameOf(at)] : []);
    const tables = this.#tables.flat();
    const reasons = new Set([...tables.flatMap(({ refusal }) => refusal ?? []), ...refusals.values()]);
    const columns = new Set(tables.flatMap(({ notCompared }) => [...notCompared]));
    return [
      ...[...reasons].map((reason) => `Writes could not be looked at: ${reason}.`),
      ...[...columns].map((column) =>
        `The column ${column} was not compared: it does not take the values that were written.`
      ),
      ...names("unknown").map((name) =>
        `What ${name} wrote was not looked at: its statement does not tell what it leaves.`
      ),
    ];
  }
}

interface Slot extends SlotOutcome {
  readonly slot: number;
  readonly operation: number;
  /** The spool does not tell of it. */
  readonly isUntold?: boolean;
}

const UNSEEN: Proven = { verified: null, problem: null };
const OUTCOME_OF = { written: "ok", unknown: "unknown", nothing: "failed" } as const;
