import type { Client } from "pg";
import type { Mix } from "../load/mix.ts";
import { ServiceError } from "../model/errors.ts";
import type { LedgerEntry } from "../model/migration.ts";
import { judgeInserted } from "../migrate/ledger/inserted.ts";
import { readOutcomes, type SlotOutcome, type SlotOutcomes } from "../migrate/ledger/slot_outcomes.ts";
import { operationOfSlot, type SlotWrites } from "../undo/may_write.ts";
import { hadNoTable, judgeMissing, type MissingWrites } from "./carried.ts";
import { isSameCluster } from "./ledger_record.ts";
import { probeSql } from "./probe_sql.ts";
import type { Seen } from "./server_watch.ts";

/** Slots looked at in one go. */
const BATCH = 20_000;
/** Writes that are under way at once may overtake each other, and one that waited for a server may be sent late: a second's. */
const OUT_OF_ORDER_SECONDS = 1;
const LEAST_OUT_OF_ORDER = 64;
/** Of rows that were carried so many transactions are told apart. */
const MOST_TRANSACTIONS = 2;

export interface ProbeLedgerOptions {
  /** At the server that answers at the end. Its transaction is ended here. */
  readonly client: Client;
  readonly schema: string;
  /** The run's spool. */
  readonly spoolDir: string;
  readonly writes: SlotWrites;
  readonly mix: Mix;
  /** In the order in which operations are numbered. */
  readonly arms: readonly { readonly path: string; readonly ours: boolean }[];
  /** Slots a second. */
  readonly rate: number;
  /** Servers in the order in which they were met. */
  readonly seen: readonly Seen[];
  readonly onEntries: (entries: readonly LedgerEntry[]) => void;
}

/** A row of rows.sql. */
interface Row {
  readonly slot: string;
  readonly value: string;
  readonly xmin: string;
  readonly started: string;
}

/**
 * Holds every write of a probe against the ledger's rows at the server that answers now, at one snapshot.
 * @returns what became of those that are missing
 * @throws {ServiceError} where the server cannot be asked
 */
export async function verifyProbeLedger(options: ProbeLedgerOptions): Promise<MissingWrites> {
  const verifier = new Verifier(options);
  try {
    return await verifier.verify();
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== "string") throw error;
    throw new ServiceError(`The ledger could not be looked at: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
}

/** Tells of all writes that they could not be looked at. */
export function tellUnverified(
  options: Pick<ProbeLedgerOptions, "spoolDir" | "writes" | "arms" | "onEntries">,
): void {
  const { outcomes } = readOutcomes(options.spoolDir, options.writes, options.arms);
  const entries = new Entries(options.writes, outcomes);
  for (let from = 0; from <= outcomes.last; from += BATCH) {
    options.onEntries(
      entries.between(from, from + BATCH).flatMap((entry) =>
        entry.outcome === null ? [] : [{ ...entry, outcome: entry.outcome, verified: null, problem: null }]
      ),
    );
  }
}

class Verifier {
  readonly #options: ProbeLedgerOptions;
  readonly #outcomes: SlotOutcomes;
  readonly #missing: LedgerEntry[] = [];
  readonly #transactions = new Set<string>();
  /** When processes of the last server's cluster began to run. */
  readonly #startsHere: ReadonlySet<string>;
  /** The first slot that can have been written at the last server since it was met. */
  readonly #sinceSlot: number;
  #hadNoTable: boolean;
  #firstHere: number | null = null;
  #lastCarried: number | null = null;

  constructor(options: ProbeLedgerOptions) {
    const { seen, rate, spoolDir, writes, arms } = options;
    this.#options = options;
    this.#outcomes = readOutcomes(spoolDir, writes, arms).outcomes;
    const { server } = seen.at(-1)!;
    const lastOther = seen.findLast((each) => !isSameCluster(each.server, server));
    // Of a replica that was promoted the cluster is the same: it is known by when it began to run.
    const others = seen.filter((each) =>
      lastOther === undefined ? each.server.started !== server.started : each.atUs <= lastOther.atUs
    );
    this.#startsHere = new Set(
      seen.filter((each) => !others.includes(each)).map((each) => each.server.started),
    );
    this.#sinceSlot = Math.floor((others.at(-1)?.atUs ?? 0) / 1e6 * rate);
    this.#hadNoTable = hadNoTable(seen);
  }

  async verify(): Promise<MissingWrites> {
    const { client, seen, rate, schema, onEntries } = this.#options;
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    try {
      await client.query(probeSql("unlimited"));
      const { rows: [there] } = await client.query<{ is: boolean }>(
        "SELECT to_regclass(format('%I.ledger', $1::text)) IS NOT NULL AS is",
        [schema],
      );
      if (!there!.is) {
        seen.at(-1)!.hadNoTable = true;
        this.#hadNoTable = true;
      }
      await this.#compare(client, there!.is);
    } finally {
      await client.query("ROLLBACK").catch(() => {});
    }
    const judged = judgeMissing({
      seen,
      missing: this.#missing.map(({ slot }) => slot),
      firstHere: seen.length === 1 && !this.#hadNoTable ? 0 : this.#firstHere,
      lastCarried: this.#lastCarried,
      transactions: this.#transactions.size,
      outOfOrder: Math.max(LEAST_OUT_OF_ORDER, Math.ceil(OUT_OF_ORDER_SECONDS * rate)),
    });
    onEntries(
      this.#missing.map((entry) =>
        judged.lost.has(entry.slot) ? entry : { ...entry, verified: null, problem: null }
      ),
    );
    return judged;
  }

  async #compare(client: Client, there: boolean): Promise<void> {
    const { writes, schema, onEntries } = this.#options;
    const entries = new Entries(writes, this.#outcomes);
    const text = probeSql("rows", schema);
    for (let from = 0; from <= this.#outcomes.last; from += BATCH) {
      const rows = there ? (await client.query<Row>(text, [from, from + BATCH])).rows : [];
      const bySlot = Map.groupBy(rows, ({ slot }) => Number(slot));
      onEntries(
        entries.between(from, from + BATCH).flatMap((write) =>
          this.#judge(write, bySlot.get(write.slot) ?? [])
        ),
      );
    }
  }

  /** Of a write that is missing it is told later what that means. */
  #judge(write: Write, rows: readonly Row[]): LedgerEntry[] {
    const { slot, outcome, doubtful, operation, ...entry } = write;
    const { mix } = this.#options;
    const expected = String(mix.valuesOf(slot, operation).value);
    const right = rows.filter(({ value }) => value === expected).length;
    const found = { rows: rows.length, least: right, most: right, others: rows.length - right };
    const judged = judgeInserted({ outcome, doubtful }, [found]);
    if (outcome === null && judged.problem === null) return [];
    const told = { ...entry, slot, outcome: outcome ?? "failed", ...judged };
    if (outcome === "ok" && rows.length > 0) this.#note(slot, rows[0]!);
    if (judged.problem !== "lost") return [told];
    this.#missing.push(told);
    return [];
  }

  #note(slot: number, { started, xmin }: Row): void {
    if (this.#hadNoTable || this.#startsHere.has(started) && slot >= this.#sinceSlot) {
      this.#firstHere ??= slot;
      return;
    }
    this.#lastCarried = slot;
    if (this.#transactions.size < MOST_TRANSACTIONS) this.#transactions.add(xmin);
  }
}

/** A write as the spool tells of it. */
interface Write extends Pick<LedgerEntry, "client" | "seq" | "op" | "slot"> {
  readonly outcome: SlotOutcome["outcome"];
  readonly doubtful: number;
  /** Index into the operations. */
  readonly operation: number;
}

/** The writes of a run in the order of their slots; each client's are numbered. */
class Entries {
  readonly #writes: SlotWrites;
  readonly #outcomes: SlotOutcomes;
  readonly #operationOf: (slot: number) => number;
  readonly #sequence: number[];

  constructor(writes: SlotWrites, outcomes: SlotOutcomes) {
    this.#writes = writes;
    this.#outcomes = outcomes;
    this.#operationOf = operationOfSlot(writes);
    this.#sequence = Array.from({ length: outcomes.workers }, () => 0);
  }

  /** @param from a slot, after those of the time before */
  between(from: number, until: number): Write[] {
    const found: Write[] = [];
    for (let slot = from; slot < until && slot <= this.#outcomes.last; slot++) {
      const operation = this.#operationOf(slot);
      const { name = "", write } = this.#writes.operations[operation]!;
      const told = write ? this.#outcomes.of(slot) : null;
      if (told === null) continue;
      const { worker, outcome, doubtful } = told;
      found.push({
        client: worker,
        seq: this.#sequence[worker]!++,
        op: name,
        slot,
        outcome,
        doubtful,
        operation,
      });
    }
    return found;
  }
}
