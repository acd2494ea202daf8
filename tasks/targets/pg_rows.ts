import { decodeText, int16, int32, zeroTerminated } from "../postgres/wire.ts";

/** Turns a value's text into what the program sees. */
export type Parser = (text: string) => unknown;

/** The columns of a statement's answer. */
export interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
}

export type Row = Record<string, unknown>;

/** Reads the body of a RowDescription. */
export function readColumns(bytes: Uint8Array, body: number, parserOf: (oid: number) => Parser): Columns {
  const count = int16(bytes, body);
  const names: string[] = [];
  const parsers: Parser[] = [];
  let at = body + 2;
  for (let index = 0; index < count; index++) {
    const { text, next } = zeroTerminated(bytes, at);
    names.push(text);
    // Table (4) and column (2) come before the type; its size, modifier and format after it.
    parsers.push(parserOf(int32(bytes, next + 6)));
    at = next + 18;
  }
  return { names, parsers };
}

/** Reads the body of a DataRow. Of columns that share a name the last one counts, as pg has it. */
export function readRow(bytes: Uint8Array, body: number, columns: Columns): Row {
  const row: Row = {};
  const count = int16(bytes, body);
  let at = body + 2;
  for (let index = 0; index < count; index++) {
    const length = int32(bytes, at);
    const start = at + 4;
    at = start + Math.max(length, 0);
    row[columns.names[index]!] = length < 0 ? null : columns.parsers[index]!(decodeText(bytes, start, at));
  }
  return row;
}
