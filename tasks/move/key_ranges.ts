import pg, { type Client } from "pg";
import { moveSql } from "./move_sql.ts";
import type { MovedTable } from "./moved_tables.ts";

const { escapeIdentifier: quoted } = pg;

/** A part of a table. */
export interface KeyRange {
  /** Of a row `t`. */
  readonly condition: string;
  /** For its placeholders. */
  readonly values: readonly string[];
  /** Its ends, for people; null: it is the whole table. */
  readonly shown: string | null;
}

/** Their values stand in the same order on every server; that of text depends on a library. */
const SORTED = /^pg_catalog\.(int[248]|numeric|date|timestamp|timestamptz|uuid)$/;
/** Rows of a range, about: a look at one takes some ten milliseconds. */
const RANGE_ROWS = 10_000;

const WHOLE: KeyRange = { condition: "true", values: [], shown: null };

/**
 * Divides a table by the first column of its key into ranges of about as many rows each, so that all values there can be
 * are in one of them.
 */
export async function cutRanges(
  client: Client,
  { relation, key, types, rows }: MovedTable,
): Promise<readonly KeyRange[]> {
  const [name, type] = [key[0]!, types[0]!];
  if (rows <= RANGE_ROWS || !SORTED.test(type)) return [WHOLE];
  const { rows: [known] } = await client.query<{ bounds: string[] | null }>(moveSql("bounds.sql"), [
    relation,
    name,
  ]);
  const bounds = known?.bounds ?? [];
  // The first and the last are the least and the greatest value that there was.
  const every = Math.max(1, Math.floor(RANGE_ROWS * bounds.length / rows));
  const cuts = bounds.slice(1, -1).filter((_, nth) => (nth + 1) % every === 0);
  if (cuts.length === 0) return [WHOLE];
  const column = `t.${quoted(name)}`;
  return [null, ...cuts].map((low, nth) => {
    const high = cuts[nth] ?? null;
    const ends = [
      ...low === null ? [] : [{ sign: ">=", word: "from", value: low }],
      ...high === null ? [] : [{ sign: "<", word: "below", value: high }],
    ];
    return {
      condition: ends.map(({ sign }, at) => `${column} ${sign} $${at + 1}::text::${type}`).join(" AND "),
      values: ends.map(({ value }) => value),
      shown: `${name} ${ends.map(({ word, value }) => `${word} ${value}`).join(" ")}`,
    };
  });
}

/** For people. */
export function rangeText({ schema, name }: MovedTable, { shown }: KeyRange): string {
  return `${schema}.${name}${shown === null ? "" : `, ${shown}`}`;
}
