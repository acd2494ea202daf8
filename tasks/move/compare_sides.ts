import pg, { type Client } from "pg";
import type { MoveSide } from "../model/client_gate.ts";
import { formatCount } from "../model/units.ts";
import { sleep } from "../net/sleep.ts";
import type { MoveComparison } from "./move_options.ts";
import { moveSql } from "./move_sql.ts";
import type { MovedTable } from "./moved_tables.ts";
import { cutRanges, type KeyRange, rangeText } from "./key_ranges.ts";
import { differenceOf, hashesOf } from "./row_hashes.ts";
import { beginTail, readTail, type TailOptions } from "./written_tail.ts";

const { escapeIdentifier: quoted } = pg;

/** A range that is written again and again is looked at so often in a row, */
const TRIES = 5;
/** apart from so many rows at the most. */
const MOST_APART = 50_000;
/** Differences that are told one by one. */
const SHOWN = 5;

/** Where rows are read, and which they are. */
export interface CompareOptions extends TailOptions {
  /** Another session of the comparison's own. */
  readonly to: Client;
  /** The side that clients go to. */
  readonly side: MoveSide;
}

/** Rows by table and by their keys as JSON. */
type Keys = Map<MovedTable, Map<string, readonly string[]>>;

/** A part of a table that has not been seen equal yet. */
interface Pending {
  readonly table: MovedTable;
  readonly range: KeyRange;
  /** What one look took, ms. */
  tookMs: number;
}

/**
 * Compares two servers while one follows the other. Every range of keys must be seen equal once; what is written after a
 * slot was made, before the first look, is told by the log, and each such row must be seen equal after that. So what is
 * left for the moment when both are at rest is what was written last.
 */
export class SideComparison {
  readonly #options: CompareOptions;
  #pending: Pending[] = [];
  /** Rows written and not seen equal since. */
  readonly #keys: Keys = new Map();
  /** All rows written since the slot was made. */
  readonly #written: Keys = new Map();
  #ranges = 0;
  #rows = 0;

  private constructor(options: CompareOptions) {
    this.#options = options;
  }

  /** Begins to note what is written, and divides the tables. */
  static async begin(options: CompareOptions): Promise<SideComparison> {
    const { from, to } = options;
    await beginTail(options, to);
    const comparison = new SideComparison(options);
    for (const table of options.tables) {
      for (const range of await cutRanges(from, table)) {
        comparison.#pending.push({ table, range, tookMs: Infinity });
      }
    }
    return comparison;
  }

  /** What has not been seen equal yet. */
  get pending(): { readonly ranges: number; readonly rows: number } {
    let rows = 0;
    for (const keys of this.#keys.values()) rows += keys.size;
    return { ranges: this.#pending.length, rows };
  }

  /** Looks at all that is pending, without hurry: after each look as long a rest. */
  async look(signal?: AbortSignal): Promise<void> {
    const left: Pending[] = [];
    for (const one of this.#pending) {
      signal?.throwIfAborted();
      if (await this.#differs(one) !== null && !await this.#isEqualApart(one)) left.push(one);
      await sleep(Math.min(one.tookMs, 200), signal);
    }
    this.#pending = left;
    await this.#readTail(null);
    await this.#compareKeys();
  }

  /**
   * The last look, with both servers at rest.
   * @param lsn where the sender's log ends
   * @param budgetMs ranges that were never seen equal are summed up so long at the most
   */
  async conclude(lsn: string, budgetMs: number): Promise<MoveComparison> {
    const { tables, side } = this.#options;
    await this.#readTail(lsn);
    const tailRows = this.pending.rows;
    const different = await this.#compareKeys();
    this.#keys.clear();
    const notes: string[] = [];
    let leftMs = budgetMs;
    for (const one of this.#pending.sort((a, b) => a.tookMs - b.tookMs)) {
      leftMs -= one.tookMs;
      const where = rangeText(one.table, one.range);
      if (leftMs < 0) {
        notes.push(`${where} was not compared: its rows were written too often for that before the switch.`);
        continue;
      }
      const what = await this.#differs(one);
      if (what !== null) different.push(`${where}: ${what}`);
    }
    // Whoever gets past the fence may have written while that was looked at.
    await this.#readTail(null);
    different.push(...this.#strays());
    return {
      to: side,
      tables: tables.length,
      ranges: this.#ranges,
      rows: this.#rows,
      tailRows,
      different,
      notes,
    };
  }

  /** Gives its slot back. */
  async end(): Promise<void> {
    const { from, to } = this.#options;
    await Promise.allSettled([from.end(), to.end()]);
  }

  /** Whether a range is equal apart from rows that were written, which are compared one by one. */
  async #isEqualApart(one: Pending): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      await this.#readTail(null);
      const written = this.#written.get(one.table);
      if (written === undefined || written.size > MOST_APART) return false;
      if (await this.#differs(one, written) === null) return true;
    }
    return false;
  }

  /**
   * Sums up a range on both servers.
   * @param apart rows that are left out
   * @returns how they differ; null: they do not
   */
  async #differs(
    one: Pending,
    apart: ReadonlyMap<string, readonly string[]> = new Map(),
  ): Promise<string | null> {
    const { from, to } = this.#options;
    const { table, range } = one;
    const without = leftOut(table, range.values.length);
    const text = moveSql("sum_range.sql", {
      relation: table.relation,
      condition: `${range.condition} AND ${apart.size === 0 ? "true" : without}`,
    });
    const keys = [...apart.values()];
    const values = [
      ...range.values,
      ...apart.size === 0 ? [] : table.key.map((_, nth) => keys.map((key) => key[nth]!)),
    ];
    const beganMs = performance.now();
    const ask = async (client: Client) =>
      (await client.query<{ rows: number; sum: string }>(text, values)).rows[0]!;
    const [left, right] = [await ask(from), await ask(to)];
    one.tookMs = performance.now() - beganMs;
    if (left.rows === right.rows && left.sum === right.sum) {
      this.#ranges++;
      this.#rows += left.rows;
      return null;
    }
    return left.rows === right.rows
      ? "other values"
      : `${formatCount(left.rows)} rows on the one, ${formatCount(right.rows)} on the other`;
  }

  async #readTail(lsn: string | null): Promise<void> {
    const { keys: written, truncated } = await readTail(this.#options, lsn);
    for (const { table, key, carried } of written) {
      // What clients have written at the other server already, who went there by themselves, is there.
      for (const noted of carried ? [this.#written] : [this.#keys, this.#written]) {
        const keys = noted.get(table) ?? new Map<string, readonly string[]>();
        noted.set(table, keys.set(JSON.stringify(key), key));
      }
    }
    for (const table of truncated) {
      this.#pending.push({ table, range: { condition: "true", values: [], shown: null }, tookMs: 0 });
    }
  }

  /** Rows that were written with both servers at rest, as sentences. */
  #strays(): string[] {
    return [...this.#keys].filter(([, keys]) => keys.size > 0).map(([{ schema, name }, keys]) =>
      `${schema}.${name}: ${formatCount(keys.size)} rows were written past the fence`
    );
  }

  /** Rows that were seen equal are noted no more. @returns those that differ, as sentences */
  async #compareKeys(): Promise<string[]> {
    const { from, to } = this.#options;
    const different: string[] = [];
    for (const [table, keys] of this.#keys) {
      if (keys.size === 0) continue;
      const [left, right] = [await hashesOf(from, table, keys), await hashesOf(to, table, keys)];
      let others = 0;
      for (const key of keys.keys()) {
        if (left.get(key) === right.get(key)) keys.delete(key);
        else if (others++ < SHOWN) {
          different.push(
            `${table.schema}.${table.name} ${key.slice(1, -1)}: the row ${differenceOf(key, left, right)}`,
          );
        }
      }
      if (others > SHOWN) {
        different.push(`${table.schema}.${table.name}: ${formatCount(others - SHOWN)} more rows differ`);
      }
    }
    return different;
  }
}

/** A condition that rows of named keys do not meet. @param after so many placeholders */
function leftOut({ key, types }: MovedTable, after: number): string {
  const arrays = types.map((type, nth) => `$${after + nth + 1}::text[]::${type}[]`).join(", ");
  const names = key.map((_, nth) => `k${nth}`);
  const same = key.map((column, nth) => `w.${names[nth]} = t.${quoted(column)}`).join(" AND ");
  return `NOT EXISTS (SELECT FROM unnest(${arrays}) AS w (${names.join(", ")}) WHERE ${same})`;
}
