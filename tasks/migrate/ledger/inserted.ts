import type { Client } from "pg";
import pg from "pg";
import type { LedgerEntry, LedgerProblem } from "../../model/migration.ts";
import type { Value } from "../../targets/target.ts";
import { requestedRows } from "../../undo/requested_rows.ts";
import type { RequestValues } from "../../undo/request_values.ts";
import { columnsOf, ledgerSql, Refused, tried } from "./sql.ts";
import type { SlotOutcome } from "./slot_outcomes.ts";
import type { InsertedTable } from "./written.ts";

/** What a table has of one write. */
export interface FoundRows {
  /** Rows under its key. */
  readonly rows: number;
  /** How often each row that it gave is there: at the least, and at the most. */
  readonly least: number;
  readonly most: number;
  /** Rows under its key that it did not give. */
  readonly others: number;
}

/** A write under a reserved key. */
export interface InsertedWrite {
  readonly slot: number;
  readonly key: number;
  readonly values: RequestValues;
}

const NOTHING: FoundRows = { rows: 0, least: 0, most: 0, others: 0 };
const { escapeIdentifier: quoted } = pg;

/** `schema.name` as SQL writes it. */
export function quotedName(table: string): string {
  return table.split(".").map(quoted).join(".");
}

/** Looks at what a table has under the keys of writes of one operation. */
export class InsertedRows {
  readonly #client: Client;
  readonly #table: InsertedTable;
  /** Columns that are not compared: others write them too, and are judged by what they wrote. */
  readonly #changed: ReadonlySet<string>;
  /** Columns that are there by now and are compared; null before the first look. */
  #columns: ReadonlySet<string> | null = null;
  /** Why the table cannot be looked at, as a sentence's part; null while it can. */
  refusal: string | null = null;
  /** Columns that are there and could not be compared. */
  readonly notCompared = new Set<string>();

  /** @param changed columns that later writes of the same rows set */
  constructor(client: Client, table: InsertedTable, changed: ReadonlySet<string> = new Set()) {
    this.#client = client;
    this.#table = table;
    this.#changed = changed;
  }

  /** What is there of each write, in their order; null where it cannot be looked at. */
  async look(writes: readonly InsertedWrite[]): Promise<readonly FoundRows[] | null> {
    if (this.refusal !== null) return null;
    const { table, key } = this.#table;
    this.#columns ??= new Set((await columnsOf(this.#client, table)).keys()).difference(this.#changed);
    if (!this.#columns.has(key)) {
      this.refusal = this.#columns.size === 0 ? `${table} is not there` : `${table} has no column ${key}`;
      return null;
    }
    const found = await this.#ask(writes, this.#columns);
    if (!(found instanceof Refused)) return found;
    // A column of a type that has no such values by now says nothing of them.
    for (const column of found.code.startsWith("22") ? this.#columns : []) {
      if (column === key) continue;
      const alone = await this.#ask(writes, new Set([key, column]));
      if (alone instanceof Refused && alone.code.startsWith("22")) this.notCompared.add(column);
    }
    this.#columns = this.#columns.difference(this.notCompared);
    const again = this.notCompared.size === 0 ? found : await this.#ask(writes, this.#columns);
    if (!(again instanceof Refused)) return again;
    this.refusal = `${table}: ${again.message} (${again.code})`;
    return null;
  }

  async #ask(writes: readonly InsertedWrite[], columns: ReadonlySet<string>): Promise<FoundRows[] | Refused> {
    const { table, key, given: params } = this.#table;
    const asked = writes.map(({ key: own, values }) => {
      const named = params === null
        ? values
        : Object.fromEntries(Object.entries(params).map(([column, param]) => [column, values[param]]));
      return requestedRows({ ...named, [key]: String(own) }, columns);
    });
    const given = new Set<string>(asked.flatMap(({ rows }) => rows.flatMap((row) => Object.keys(row))));
    const names = [...given].filter((name) => name !== key);
    const list = (row: string) => names.map((name) => `${row}.${quoted(name)}`).join(", ");
    const text = ledgerSql("inserted.sql", {
      relation: quotedName(table),
      key: quoted(key),
      given: list("w"),
      found: list("r"),
    });
    const keys = writes.map((write) => write.key);
    const rows: Record<string, Value>[] = asked.flatMap((one) => one.rows);
    const answer = await tried(this.#client, () =>
      this.#client.query<FoundRows & { key: string }>(text, [
        JSON.stringify(rows),
        String(Math.min(...keys)),
        String(Math.max(...keys)),
      ]));
    if (answer instanceof Refused) return answer;
    const byKey = new Map(answer.rows.map((row) => [row.key, row]));
    return writes.map((write, at) => {
      const found = byKey.get(String(write.key)) ?? NOTHING;
      // Of a list that nobody knows any number of rows may be there, alike in what is known.
      const isOpen = asked[at]!.most === Infinity;
      return isOpen && found.rows > 0 && found.others === 0 ? { ...found, least: 1, most: 1 } : found;
    });
  }
}

/** What becomes of a write's entry. */
export type Proven = Pick<LedgerEntry, "verified" | "problem">;

/**
 * Judges a write by what each of its tables has of it: an acknowledged one is there once, a refused one not at all, one of
 * which nobody knows once or not at all; more often only as far as further attempts of it may have been executed as well.
 * @param parts null of tables that cannot be looked at
 */
export function judgeInserted(
  { outcome, doubtful }: Pick<SlotOutcome, "outcome" | "doubtful">,
  parts: readonly (FoundRows | null)[],
): Proven {
  const seen = parts.filter((part) => part !== null);
  const isThere = seen.some(({ rows }) => rows > 0);
  const problem = problemOf({ outcome, doubtful }, seen, isThere);
  if (problem !== null) return { verified: false, problem };
  if (seen.length < parts.length) return { verified: null, problem };
  return { verified: outcome === "unknown" ? isThere : true, problem };
}

function problemOf(
  { outcome, doubtful }: Pick<SlotOutcome, "outcome" | "doubtful">,
  seen: readonly FoundRows[],
  isThere: boolean,
): LedgerProblem | null {
  if (!isThere) return outcome === "ok" && seen.length > 0 ? "lost" : null;
  if (outcome === "failed" || outcome === null) return "refused but present";
  // All of it or nothing: of an order the lines too.
  if (seen.some(({ rows }) => rows === 0)) return "lost";
  if (seen.some(({ others, least }) => others > 0 && least < 1)) return "overwritten";
  if (seen.some(({ least }) => least < 1)) return "lost";
  const times = Math.max(...seen.map(({ most }) => most));
  const isWhole = seen.every(({ least, most, others }) => least === times && most === times && others === 0);
  return isWhole && times <= (outcome === "ok" ? 1 : 0) + doubtful ? null : "duplicate";
}
