import { decodeText, int16, int32, notTheProtocol, zeroTerminated } from "../postgres/wire.ts";

/** Turns a value's text into what the program sees. */
export type Parser = (text: string) => unknown;

/** The columns of a statement's answer. */
export interface RowDescription {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
}

export type Row = Record<string, unknown>;

/** Bytes of a column's description behind its name. */
const COLUMN_BYTES = 18;

/** Reads the body of a RowDescription. @throws when it is none */
export function readRowDescription(
  bytes: Uint8Array,
  body: number,
  end: number,
  parserOf: (oid: number) => Parser,
): RowDescription {
  if (end - body < 2) throw notTheProtocol();
  const count = int16(bytes, body);
  const names: string[] = [];
  const parsers: Parser[] = [];
  let at = body + 2;
  for (let index = 0; index < count; index++) {
    const { text, next } = zeroTerminated(bytes, at, end);
    at = next + COLUMN_BYTES;
    if (at > end) throw notTheProtocol();
    names.push(text);
    // Table (4) and column (2) come before the type; its size, modifier and format after it.
    parsers.push(parserOf(int32(bytes, next + 6)));
  }
  if (at !== end) throw notTheProtocol();
  return { names, parsers };
}

/**
 * The texts in the body of a DataRow, null where a value is.
 * @throws when it is none, or is not of these columns
 */
export function readValues(
  bytes: Uint8Array,
  body: number,
  end: number,
  columns: RowDescription,
): (string | null)[] {
  if (end - body < 2 || int16(bytes, body) !== columns.names.length) throw notTheProtocol();
  let at = body + 2;
  const values = columns.names.map(() => {
    const length = end - at < 4 ? -2 : int32(bytes, at);
    const start = at + 4;
    at = start + Math.max(length, 0);
    if (length < -1 || at > end) throw notTheProtocol();
    return length < 0 ? null : decodeText(bytes, start, at);
  });
  if (at !== end) throw notTheProtocol();
  return values;
}

/** Of columns that share a name the last one counts, as pg has it. @throws what a parser throws */
export function rowOf(values: readonly (string | null)[], { names, parsers }: RowDescription): Row {
  const row: Row = {};
  for (const [index, value] of values.entries()) {
    row[names[index]!] = value === null ? null : parsers[index]!(value);
  }
  return row;
}
