import {
  BIGINT,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBTableFunction,
  type DuckDBType,
  ENUM,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { CACHE_STATES, OUTCOMES } from "../model/timing.ts";
import type { Columns } from "./frame.ts";
import type { SpooledTimings, TimingRows } from "./spooled_timings.ts";
import { clearNulls, hasNull, type Valid, writeIntegers } from "./vector_values.ts";

const NAME = "spooled_timing";
const CHUNK_ROWS = duckdb.vector_size();
const MASK_BYTES = CHUNK_ROWS / 8;
const ALL_VALID = 0xff;
/** More than DuckDB is allowed: its own limit decides. */
const MAX_THREADS = 64;

/** A column of the function: those of the table `timing`. */
interface Column {
  readonly name: keyof Columns | "worker";
  readonly type: DuckDBType;
  /** Which of the segment's numbers are values; without it each is. */
  readonly valid?: Valid;
}

/** Of times and slots: whatever is a number. Where none may be missing the table refuses null. */
const TIME: Valid = { from: -Number.MAX_VALUE, below: Infinity };
const COUNT: Valid = { from: 0, below: Infinity };
const CODE: Valid = { from: 1, below: Infinity };

const COLUMNS: readonly Column[] = [
  { name: "slot", type: BIGINT, valid: TIME },
  { name: "attempt", type: UTINYINT },
  { name: "worker", type: USMALLINT },
  { name: "phase", type: UINTEGER },
  { name: "operation", type: USMALLINT },
  { name: "intended", type: BIGINT, valid: TIME },
  { name: "woke", type: BIGINT, valid: TIME },
  { name: "acquired", type: BIGINT, valid: TIME },
  { name: "sent", type: BIGINT, valid: TIME },
  { name: "done", type: BIGINT, valid: TIME },
  // Stored in a byte each, as in the segment; a number beyond the names would lead DuckDB beyond its memory.
  { name: "outcome", type: ENUM(OUTCOMES), valid: { from: 0, below: OUTCOMES.length } },
  { name: "error", type: VARCHAR, valid: CODE },
  { name: "cache", type: ENUM(CACHE_STATES), valid: { from: 0, below: CACHE_STATES.length } },
  { name: "rows", type: UINTEGER, valid: COUNT },
  { name: "bytes", type: UBIGINT, valid: COUNT },
];

/** What the function of a connection reads at the moment, and what went wrong there. */
interface Feed {
  timings: SpooledTimings | null;
  failure: unknown;
}

const feeds = new WeakMap<DuckDBConnection, Feed>();

/**
 * Makes the function known to a connection, once. To be done outside a transaction, whose rollback would take
 * the function back.
 */
export function registerTimingFunction(connection: DuckDBConnection): void {
  if (feeds.has(connection)) return;
  const feed: Feed = { timings: null, failure: null };
  connection.registerTableFunction(DuckDBTableFunction.create({
    name: NAME,
    bindFunction(info) {
      for (const { name, type } of COLUMNS) info.addResultColumn(name, type);
    },
    initFunction: (info) => info.setMaxThreads(MAX_THREADS),
    mainFunction(_info, chunk) {
      try {
        chunk.rowCount = fill(chunk, feed.timings!);
      } catch (error) {
        feed.failure ??= error;
        throw error;
      }
    },
  }));
  feeds.set(connection, feed);
}

/**
 * Runs `body`, whose SQL reads `timings` once as the table function `spooled_timing()`. DuckDB's threads ask for
 * a chunk of rows when they have stored the one before; this thread copies it out of the segment's frame.
 * Rows come in no order when more than one thread asks.
 * @param connection one for which `registerTimingFunction` was called.
 * @throws whatever reading threw, in place of DuckDB's error that quotes it.
 */
export async function withSpooledTimings<T>(
  connection: DuckDBConnection,
  timings: SpooledTimings,
  body: () => Promise<T>,
): Promise<T> {
  const feed = feeds.get(connection)!;
  feed.timings = timings;
  feed.failure = null;
  try {
    return await body();
  } catch (error) {
    throw feed.failure ?? error;
  } finally {
    feed.timings = null;
  }
}

/** Fills a chunk, from several frames when they are short; returns its rows. */
function fill(chunk: DuckDBDataChunk, timings: SpooledTimings): number {
  const vectors = COLUMNS.map((_, index) => duckdb.data_chunk_get_vector(chunk.chunk, index));
  const masks = COLUMNS.map((): Uint8Array<ArrayBuffer> | null => null);
  let filled = 0;
  while (filled < CHUNK_ROWS) {
    const rows = timings.take(CHUNK_ROWS - filled);
    if (rows === null) break;
    for (const [index, column] of COLUMNS.entries()) {
      const numbers = numbersOf(rows, column.name);
      if (column.name === "error") putCodes(numbers, rows.frame.codes, vectors[index]!, filled);
      else put(numbers, vectors[index]!, filled);
      if (column.valid !== undefined && hasNull(numbers, column.valid)) {
        clearNulls(
          numbers,
          column.valid,
          masks[index] ??= new Uint8Array(MASK_BYTES).fill(ALL_VALID),
          filled,
        );
      }
    }
    filled += rows.count;
  }
  for (const [index, mask] of masks.entries()) {
    if (mask === null) continue;
    duckdb.vector_ensure_validity_writable(vectors[index]!);
    duckdb.copy_data_to_vector_validity(vectors[index]!, 0, mask.buffer, 0, mask.length);
  }
  return filled;
}

const integers = new BigInt64Array(CHUNK_ROWS);

/**
 * Puts a column's numbers into their place in a vector. The package's own vectors cost six times as much: they
 * wrap each of a chunk's vectors in objects and copy twice.
 */
function put(numbers: Columns[keyof Columns], vector: duckdb.Vector, to: number): void {
  if (numbers instanceof Float64Array) {
    writeIntegers(numbers, integers);
    copy(integers.subarray(0, numbers.length), vector, to);
  } else copy(numbers, vector, to);
}

/** Puts the error codes of those rows that have one: most have none. */
function putCodes(
  numbers: ArrayLike<number>,
  codes: readonly string[],
  vector: duckdb.Vector,
  to: number,
): void {
  for (let at = 0; at < numbers.length; at++) {
    if (numbers[at]! > 0) {
      duckdb.vector_assign_string_element_len(vector, to + at, encoded(codes[numbers[at]! - 1]!));
    }
  }
}

const encoder = new TextEncoder();
const encodings = new Map<string, Uint8Array>();
/** Codes come from servers, which may have ever new ones. */
const MOST_ENCODINGS = 4096;

/** A text in UTF-8: halves of surrogate pairs, which it does not have, become U+FFFD. */
function encoded(code: string): Uint8Array {
  let bytes = encodings.get(code);
  if (bytes === undefined) {
    if (encodings.size === MOST_ENCODINGS) encodings.clear();
    encodings.set(code, bytes = encoder.encode(code));
  }
  return bytes;
}

function numbersOf({ frame, from, count }: TimingRows, name: Column["name"]): Columns[keyof Columns] {
  return name === "worker"
    ? new Uint16Array(count).fill(frame.worker)
    : frame.columns[name].subarray(from, from + count);
}

function copy(values: Columns[keyof Columns] | BigInt64Array, vector: duckdb.Vector, to: number): void {
  duckdb.copy_data_to_vector(
    vector,
    to * values.BYTES_PER_ELEMENT,
    values.buffer as ArrayBuffer,
    values.byteOffset,
    values.byteLength,
  );
}
