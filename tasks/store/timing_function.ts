import {
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBTableFunction,
  type DuckDBType,
  INTEGER,
  TINYINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { TimingColumns } from "./frame.ts";
import type { SpooledTimings, TimingRows } from "./spooled_timings.ts";

const NAME = "spooled_timing";
const CHUNK_ROWS = duckdb.vector_size();
/** More than DuckDB is allowed: its own limit decides. */
const MAX_THREADS = 64;

/** The function's columns: a segment's numbers as they are, which load/timing.sql makes a timing's values of. */
const COLUMNS: Readonly<Record<keyof TimingColumns | "worker", DuckDBType>> = {
  slot: DOUBLE,
  attempt: UTINYINT,
  worker: USMALLINT,
  phase: UINTEGER,
  operation: USMALLINT,
  intended: DOUBLE,
  woke: DOUBLE,
  acquired: DOUBLE,
  sent: DOUBLE,
  done: DOUBLE,
  outcome: UTINYINT,
  error: VARCHAR,
  cache: TINYINT,
  rows: INTEGER,
  bytes: DOUBLE,
  key: DOUBLE,
  age: DOUBLE,
  loaded: TINYINT,
};
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

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
      for (const name of NAMES) info.addResultColumn(name, COLUMNS[name]);
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
  const vectors = NAMES.map((_, index) => duckdb.data_chunk_get_vector(chunk.chunk, index));
  const withCode = new Uint8Array(CHUNK_ROWS / 8);
  let filled = 0;
  while (filled < CHUNK_ROWS) {
    const rows = timings.take(CHUNK_ROWS - filled);
    if (rows === null) break;
    for (const [index, name] of NAMES.entries()) {
      if (name === "error") putCodes(rows, vectors[index]!, withCode, filled);
      else put(numbersOf(rows, name), vectors[index]!, filled);
    }
    filled += rows.count;
  }
  const errors = vectors[NAMES.indexOf("error")]!;
  duckdb.vector_ensure_validity_writable(errors);
  duckdb.copy_data_to_vector_validity(errors, 0, withCode.buffer, 0, withCode.length);
  return filled;
}

/** Puts the error codes of those rows that have one: most have none. Others are null by their bit in `withCode`. */
function putCodes(
  { frame, from, count }: TimingRows,
  vector: duckdb.Vector,
  withCode: Uint8Array,
  to: number,
): void {
  for (let at = 0; at < count; at++) {
    const code = frame.columns.error[from + at]!;
    if (code === 0) continue;
    // In UTF-8, which has no halves of surrogate pairs: they become U+FFFD.
    duckdb.vector_assign_string_element_len(vector, to + at, encoded(frame.codes[code - 1]!));
    withCode[(to + at) >> 3]! |= 1 << ((to + at) & 7);
  }
}

const encoder = new TextEncoder();
const encodings = new Map<string, Uint8Array>();
/** Codes come from servers, which may have ever new ones. */
const MOST_ENCODINGS = 4096;

function encoded(code: string): Uint8Array {
  let bytes = encodings.get(code);
  if (bytes === undefined) {
    if (encodings.size === MOST_ENCODINGS) encodings.clear();
    encodings.set(code, bytes = encoder.encode(code));
  }
  return bytes;
}

function numbersOf(
  { frame, from, count }: TimingRows,
  name: keyof typeof COLUMNS,
): TimingColumns[keyof TimingColumns] {
  return name === "worker"
    ? new Uint16Array(count).fill(frame.worker)
    : frame.columns[name].subarray(from, from + count);
}

/** The package's own vectors cost six times as much: they wrap each of a chunk's vectors and copy twice. */
function put(values: TimingColumns[keyof TimingColumns], vector: duckdb.Vector, to: number): void {
  duckdb.copy_data_to_vector(
    vector,
    to * values.BYTES_PER_ELEMENT,
    values.buffer as ArrayBuffer,
    values.byteOffset,
    values.byteLength,
  );
}
