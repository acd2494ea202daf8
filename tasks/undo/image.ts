import { createHash } from "node:crypto";
import type { Client } from "pg";
import { undoSql } from "../seed/reserved.ts";

/** An answer as the server writes it. */
export interface TextAnswer {
  /** Object identifiers of the columns' types. */
  readonly types: readonly number[];
  /** Each value's text, whatever its type: a number, a date or a JSON value would lose what JavaScript has no room for. */
  readonly rows: readonly (readonly (string | null)[])[];
}

const AS_TEXT = { getTypeParser: () => (text: string) => text };

/**
 * Does some reading in a transaction that can do nothing else, and in which each value has a text of its own, whatever the role's or the database's
 * settings: with fewer digits two floats would look alike. How texts are read, and in which schemas and time zone, stays
 * as the user has it. No setting outlives the transaction: a pooler would hand it on to others.
 */
export async function exactly<T>(client: Client, read: () => Promise<T>): Promise<T> {
  await client.query("BEGIN READ ONLY");
  try {
    await client.query(undoSql("exact_texts.sql"));
    await client.query(undoSql("unfiltered.sql"));
    return await read();
  } finally {
    await client.query("ROLLBACK").catch(() => {});
  }
}

/** Asks within `exactly`. */
export async function readTexts(
  client: Client,
  text: string,
  values: readonly unknown[],
): Promise<TextAnswer> {
  const query = {
    text,
    values: [...values],
    rowMode: "array" as const,
    // One statement, also without values: a second one could end the transaction and write.
    queryMode: "extended",
    // deno-lint-ignore no-explicit-any -- its type speaks of parsers that know of formats
    types: AS_TEXT as any,
  };
  const { fields, rows } = await client.query(query);
  return { types: fields.map(({ dataTypeID }) => dataTypeID), rows: rows as (string | null)[][] };
}

/** A hash of an answer, row by row in the answer's order: equal where every value is. */
export function imageOf({ rows }: TextAnswer): string {
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 32);
}

const BOOLEAN = 16;
const JSON_TYPES = [114, 3802];

/** Whether there is more in it than aggregates over no row at all give. */
export function hasSomething({ types, rows }: TextAnswer): boolean {
  return rows.some((row) =>
    row.some((text, at) => {
      if (text === null || text === "" || text === "[]") return false;
      if (types[at] === BOOLEAN) return text === "t";
      if (text === "{}") return JSON_TYPES.includes(types[at]!);
      return Number(text) !== 0;
    })
  );
}
