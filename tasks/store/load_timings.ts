import {
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  TINYINT,
  USMALLINT,
  UTINYINT,
} from "@duckdb/node-api";
import { BenchbookError, ExitCode } from "../model/errors.ts";
import type { Columns } from "./frame.ts";
import type { Store } from "./open.ts";
import { readSegment, type SegmentEnd } from "./segment_reader.ts";
import { SlotSet } from "./slot_set.ts";
import { query } from "./sql.ts";

/** DuckDB's vector size. */
const CHUNK_ROWS = 2048;

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

/** Rows that stand in the temporary table `staging`. */
export interface StagedTimings {
  readonly rows: number;
  /** Bytes torn off the ends of segments by a kill. */
  readonly droppedBytes: number;
  /** The latest moment at which anything happened, µs; 0 without rows. */
  readonly lastUs: number;
  /** Error codes; a staged row's `error` is 1 + an index into it. */
  readonly codes: readonly string[];
}

/**
 * Reads all segments into a temporary table, to be done before the transaction that makes timings of it: rows
 * of a running transaction are read back at half the speed. What does not fit DuckDB's memory limit spills to
 * disk beside the store.
 * @throws {BenchbookError} when a (slot, attempt) occurs twice: a percentile over such rows would lie.
 */
export async function stageTimings(
  store: Store,
  runId: string,
  segments: readonly string[],
): Promise<StagedTimings> {
  const seen: SlotSet[] = [];
  const codes = new Map<string, number>();
  let rows = 0;
  let droppedBytes = 0;
  let lastUs = 0;
  await store.run(query("load/staging"));
  const chunk = DuckDBDataChunk.create(COLUMNS.map(([, type]) => type));
  const appender = await store.connection.createAppender("staging", null, "temp");
  try {
    for (const segment of segments) {
      const end: SegmentEnd = { droppedBytes: 0 };
      const remap: number[] = [0];
      for (const frame of readSegment(segment, end)) {
        remapErrors(frame.columns.error, frame.codes, remap, codes);
        proveUnique(runId, frame.columns, seen);
        lastUs = latest(lastUs, frame.columns);
        for (let from = 0; from < frame.rows; from += CHUNK_ROWS) {
          fill(chunk, frame.columns, frame.worker, from, Math.min(frame.rows, from + CHUNK_ROWS));
          appender.appendDataChunk(chunk);
        }
        rows += frame.rows;
      }
      droppedBytes += end.droppedBytes;
    }
  } finally {
    appender.closeSync();
  }
  return { rows, droppedBytes, lastUs, codes: [...codes.keys()] };
}

/** Makes timings of the staged rows, within the caller's transaction. */
export async function insertStaged(store: Store, runId: string, staged: StagedTimings): Promise<void> {
  await store.run(query("load/timing"), { run: runId, codes: JSON.stringify(staged.codes) });
}

/** Frees the temporary table. */
export async function dropStaging(store: Store): Promise<void> {
  await store.run("DROP TABLE IF EXISTS temp.staging");
}

/** Each segment numbers its error codes itself; here they get the run's numbers, in place. */
function remapErrors(
  column: Uint16Array,
  codes: readonly string[],
  remap: number[],
  all: Map<string, number>,
): void {
  for (let index = remap.length - 1; index < codes.length; index++) {
    const code = codes[index]!;
    if (!all.has(code)) all.set(code, all.size + 1);
    remap.push(all.get(code)!);
  }
  for (let row = 0; row < column.length; row++) {
    if (column[row] !== 0) column[row] = remap[column[row]!] ?? 0;
  }
}

function proveUnique(runId: string, columns: Columns, seen: SlotSet[]): void {
  for (let row = 0; row < columns.slot.length; row++) {
    const attempt = columns.attempt[row]!;
    const slots = seen[attempt] ??= new SlotSet();
    if (!slots.add(columns.slot[row]!)) {
      throw new BenchbookError(
        `Cannot load run ${runId} with each attempt of a slot once: slot ${columns.slot[row]}, attempt ` +
          `${attempt} was recorded twice`,
        ExitCode.service,
        "Its spool is kept as it is. This is a fault in Benchbook: please report it with that directory.",
      );
    }
  }
}

function latest(lastUs: number, columns: Columns): number {
  let last = lastUs;
  for (let row = 0; row < columns.slot.length; row++) {
    // Comparisons with NaN are false: what never happened does not count.
    if (columns.done[row]! > last) last = columns.done[row]!;
    if (columns.woke[row]! > last) last = columns.woke[row]!;
  }
  return last;
}

function fill(chunk: DuckDBDataChunk, columns: Columns, worker: number, from: number, to: number): void {
  chunk.reset();
  chunk.rowCount = to - from;
  for (let index = 0; index < COLUMNS.length; index++) {
    const name = COLUMNS[index]![0];
    const vector = chunk.getColumnVector(index);
    const items = itemsOf(vector);
    if (name === "worker") items.fill(worker, 0, to - from);
    else items.set(columns[name].subarray(from, to));
    vector.flush();
  }
}

/**
 * The typed array behind a vector of numbers. The package hides it behind `setItem`, whose check for null on
 * each value makes a load a third slower; nothing is null here, and the version is pinned.
 */
function itemsOf(vector: unknown): Float64Array | Int32Array | Uint16Array | Uint8Array | Int8Array {
  return (vector as { items: Float64Array }).items;
}
