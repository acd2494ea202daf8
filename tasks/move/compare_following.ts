import type { Client } from "pg";
import { formatCount } from "../model/units.ts";
import { cutRanges, rangeText } from "./key_ranges.ts";
import type { MovedTable } from "./moved_tables.ts";
import { moveSql } from "./move_sql.ts";
import { differenceOf, hashesIn, hashesOf } from "./row_hashes.ts";
import { beginTail, readTail, type TailOptions } from "./written_tail.ts";

/** A row that is written again and again is looked at so often, */
const LOOKS = 10;
/** and so many ranges that were not equal are looked at row by row. */
const MOST_RANGES = 50;
/** Differences that are told one by one. */
const SHOWN = 5;

/** Where rows are read. */
export interface FollowingOptions extends TailOptions {
  /** Another session of the comparison's own. */
  readonly to: Client;
  /** Waits until `to` has all that was written at `from` when it was called. */
  caughtUp(): Promise<unknown>;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What two servers hold, of which one follows the other. */
export interface FollowingComparison {
  readonly rows: number;
  /** What differs, a sentence each; empty where nothing does. */
  readonly different: readonly string[];
  /** What could not be told apart from what was being written, a sentence each. */
  readonly notes: readonly string[];
}

/** Rows that were not seen equal, by their keys as JSON. */
type Suspects = Map<MovedTable, Map<string, readonly string[]>>;

/**
 * Compares two servers while somebody writes at the one, which the other follows, and nobody is asked to stop. A row
 * differs where it does so with all that was written before it at both, and was not written again meanwhile.
 */
export async function compareFollowing(options: FollowingOptions): Promise<FollowingComparison> {
  const { to, tables } = options;
  await beginTail(options, to);
  const notes: string[] = [];
  const { suspects, rows } = await rangeByRange(options, notes);
  const different = new Map<MovedTable, string[]>();
  for (let looks = 0; looks < LOOKS && suspects.size > 0; looks++) {
    await options.caughtUp();
    const found = await differing(options, suspects);
    const { keys, truncated } = await readTail(options, null);
    suspects.clear();
    for (const { table, key } of keys) {
      const text = JSON.stringify(key);
      if (found.get(table)?.delete(text) === true) {
        suspects.set(table, (suspects.get(table) ?? new Map()).set(text, key));
      }
    }
    for (const table of truncated) {
      if (found.delete(table)) {
        notes.push(`${table.schema}.${table.name} was not compared: it was emptied meanwhile.`);
      }
    }
    for (const [table, rows] of found) {
      different.set(table, [...different.get(table) ?? [], ...rows.values()]);
    }
  }
  for (const { schema, name } of suspects.keys()) {
    notes.push(
      `${schema}.${name} was not compared as a whole: some of its rows are written too often for that.`,
    );
  }
  return { rows, notes, different: tables.flatMap((table) => shown(table, different.get(table) ?? [])) };
}

/** Sums up all ranges, and looks closer at those that are not equal. */
async function rangeByRange(
  { from, to, tables, signal }: FollowingOptions,
  notes: string[],
): Promise<{ readonly suspects: Suspects; readonly rows: number }> {
  const suspects: Suspects = new Map();
  let [rows, unequal] = [0, 0];
  for (const table of tables) {
    for (const range of await cutRanges(from, table)) {
      const text = moveSql("sum_range.sql", { relation: table.relation, condition: range.condition });
      signal?.throwIfAborted();
      const sums = [];
      for (const client of [from, to]) {
        sums.push((await client.query<{ rows: number; sum: string }>(text, [...range.values])).rows[0]!);
      }
      const [left, right] = sums as [typeof sums[0], typeof sums[0]];
      rows += left.rows;
      if (left.rows === right.rows && left.sum === right.sum) continue;
      if (++unequal > MOST_RANGES) {
        notes.push(`${rangeText(table, range)} was not compared row by row: so much is not equal before it.`);
        continue;
      }
      const [ours, theirs] = [await hashesIn(from, table, range), await hashesIn(to, table, range)];
      const keys = new Set(
        [...ours.keys(), ...theirs.keys()].filter((key) => ours.get(key) !== theirs.get(key)),
      );
      if (keys.size === 0) continue;
      const known = suspects.get(table) ?? new Map<string, readonly string[]>();
      for (const key of keys) known.set(key, JSON.parse(key));
      suspects.set(table, known);
    }
  }
  return { suspects, rows };
}

/** Those of some rows that differ now: how, by their keys. */
async function differing(
  { from, to }: FollowingOptions,
  suspects: Suspects,
): Promise<Map<MovedTable, Map<string, string>>> {
  const found = new Map<MovedTable, Map<string, string>>();
  for (const [table, keys] of suspects) {
    const [ours, theirs] = [await hashesOf(from, table, keys), await hashesOf(to, table, keys)];
    const rows = [...keys.keys()].filter((key) => ours.get(key) !== theirs.get(key))
      .map((key) => [key, `${key.slice(1, -1)}: the row ${differenceOf(key, ours, theirs)}`] as const);
    if (rows.length > 0) found.set(table, new Map(rows));
  }
  return found;
}

function shown({ schema, name }: MovedTable, rows: readonly string[]): string[] {
  const more = rows.length - SHOWN;
  return [
    ...rows.slice(0, SHOWN).map((text) => `${schema}.${name} ${text}`),
    ...more > 0 ? [`${schema}.${name}: ${formatCount(more)} more rows differ`] : [],
  ];
}
