import { decodeText, int16, int32, zeroTerminated } from "../postgres/wire.ts";

/** Turns a value's text into what the program sees. */
export type Parser = (text: string) => unknown;

/** The columns of a statement's answer. */
export interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
}

export type Row = Record<string, unknown>;

/** Of a column's description, behind its name. */
const DESCRIPTION_BYTES = 18;

/** Reads the body of a RowDescription, which ends at `end`. @throws where it is longer than its message */
export function readColumns(
  bytes: Uint8Array,
  body: number,
  end: number,
  parserOf: (oid: number) => Parser,
): Columns {
  const count = int16(bytes, body);
  const names: string[] = [];
  const parsers: Parser[] = [];
  let at = body + 2;
  for (let index = 0; index < count; index++) {
    const { text, next } = zeroTerminated(bytes, at);
    if (next <= at || next + DESCRIPTION_BYTES > end) throw new Error("a column goes beyond its message");
    names.push(text);
    // Table (4) and column (2) come before the type; its size, modifier and format after it.
    parsers.push(parserOf(int32(bytes, next + 6)));
    at = next + DESCRIPTION_BYTES;
  }
  return { names, parsers };
}

/**
 * Reads the body of a DataRow, which ends at `end`. Of columns that share a name the last one counts, as pg has it.
 * @throws where it has not the columns' number of values, or is longer than its message; what a parser throws
 */
export function readRow(bytes: Uint8Array, body: number, end: number, columns: Columns): Row {
  const row: Row = {};
  const count = int16(bytes, body);
  if (count !== columns.names.length) throw new Error("a row has not the values of its columns");
  let at = body + 2;
  for (let index = 0; index < count; index++) {
    const length = int32(bytes, at);
    const start = at + 4;
    at = start + Math.max(length, 0);
    if (at > end) throw new Error("a value goes beyond its message");
    row[columns.names[index]!] = length < 0 ? null : columns.parsers[index]!(decodeText(bytes, start, at));
  }
  return row;
}
