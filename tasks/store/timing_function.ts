import {
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBTableFunction,
  type DuckDBType,
  INTEGER,
  TINYINT,
  USMALLINT,
  UTINYINT,
} from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Columns } from "./frame.ts";
import type { SpooledTimings, TimingRows } from "./spooled_timings.ts";

const NAME = "spooled_timing";
const CHUNK_ROWS = duckdb.vector_size();
/** More than DuckDB is allowed: its own limit decides. */
const MAX_THREADS = 64;

/** The function's columns: raw numbers as the segments hold them, NaN, -1 and 0 where nothing was. */
const COLUMNS: readonly (readonly [keyof Columns | "worker", DuckDBType])[] = [
  ["slot", DOUBLE],
  ["intended", DOUBLE],
  ["woke", DOUBLE],
  ["acquired", DOUBLE],
  ["sent", DOUBLE],
  ["done", DOUBLE],
  ["rows", INTEGER],
  ["bytes", INTEGER],
  ["worker", USMALLINT],
  ["phase", USMALLINT],
  ["operation", USMALLINT],
  ["error", USMALLINT],
  ["attempt", UTINYINT],
  ["outcome", UTINYINT],
  ["cache", TINYINT],
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
      for (const [name, type] of COLUMNS) info.addResultColumn(name, type);
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
  let filled = 0;
  while (filled < CHUNK_ROWS) {
    const rows = timings.take(CHUNK_ROWS - filled);
    if (rows === null) break;
    vectors.forEach((vector, index) => copy(rows, COLUMNS[index]![0], vector, filled));
    filled += rows.count;
  }
  return filled;
}

/**
 * Copies a column's rows to their place in a vector. The package's own vectors cost six times as much: they
 * wrap each of a chunk's vectors in objects and copy twice.
 */
function copy(rows: TimingRows, name: keyof Columns | "worker", vector: duckdb.Vector, to: number): void {
  const { frame, from, count } = rows;
  const source = name === "worker"
    ? new Uint16Array(count).fill(frame.worker)
    : frame.columns[name].subarray(from, from + count);
  duckdb.copy_data_to_vector(
    vector,
    to * source.BYTES_PER_ELEMENT,
    source.buffer as ArrayBuffer,
    source.byteOffset,
    source.byteLength,
  );
}
