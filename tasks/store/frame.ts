import { crc32 } from "node:zlib";
import { basename, dirname } from "node:path";

/**
 * The form of a segment file: frames, each a header and a payload, little-endian. A payload holds `rows` rows
 * column by column, widest first so that each is aligned, then the error codes that its rows point to as a JSON
 * array. A frame stands for itself: it is whole when its length and both checksums agree, and it names its run,
 * its worker and its number, so that whatever happened to the file around it, its rows are known for what they
 * are. A kill in mid-write tears only the last.
 */
export const HEADER_BYTES = 32;
/** What each frame begins with. */
export const MAGIC: Uint8Array = new TextEncoder().encode("BBSG");
const MAGIC_NUMBER = 0x47534242;
/**
 * 1 had 16 bits for a phase, 31 for an answer's bytes, and only those error codes that were new; 2 had no keys of caches, no
 * ages of entries, and did not tell loads.
 */
const VERSION = 3;
export const ROW_BYTES = 9 * 8 + 2 * 4 + 2 * 2 + 4;
const ROW_BYTES_2 = 7 * 8 + 2 * 4 + 2 * 2 + 3;
const ROW_BYTES_1 = 6 * 8 + 2 * 4 + 3 * 2 + 3;
/** Of one frame; more is no header of ours, and must not allocate gigabytes. */
export const MOST_ROWS = 2 ** 20;
/** Of an answer's rows; more are not known. */
export const MOST_ANSWER_ROWS = 2 ** 31 - 1;

/** One column a field; all of equal length. NaN in a time, key and age and -1 in others stand for null. */
export interface TimingColumns {
  readonly slot: Float64Array;
  readonly intended: Float64Array;
  readonly woke: Float64Array;
  readonly acquired: Float64Array;
  readonly sent: Float64Array;
  readonly done: Float64Array;
  readonly bytes: Float64Array;
  /** Of the key in a cache. */
  readonly key: Float64Array;
  /** Of the entry that answered, µs. */
  readonly age: Float64Array;
  readonly rows: Int32Array;
  readonly phase: Uint32Array;
  readonly operation: Uint16Array;
  /** 0 for none, else 1 + the index among the frame's error codes. */
  readonly error: Uint16Array;
  readonly attempt: Uint8Array;
  readonly outcome: Uint8Array;
  readonly cache: Int8Array;
  /** 1: what lies behind the cache was asked for it; 0: not. */
  readonly loaded: Int8Array;
}

export interface Header {
  readonly version: number;
  readonly worker: number;
  readonly rows: number;
  readonly dictionaryBytes: number;
  readonly checksum: number;
  /** The frame's place in its segment, from 0; not known of version 1. */
  readonly number: number;
  /** The run's mark, see `markOf`; not known of version 1. */
  readonly mark: number;
}

/** Takes columns from a buffer, one behind the other. */
function taker(buffer: ArrayBuffer, rows: number) {
  let at = 0;
  return <T>(make: new (buffer: ArrayBuffer, offset: number, length: number) => T, bytes: number): T => {
    const column = new make(buffer, at, rows);
    at += rows * bytes;
    return column;
  };
}

/** The columns of `rows` rows within a buffer, from its beginning. */
export function columnsOf(buffer: ArrayBuffer, rows: number): TimingColumns {
  const take = taker(buffer, rows);
  return {
    slot: take(Float64Array, 8),
    intended: take(Float64Array, 8),
    woke: take(Float64Array, 8),
    acquired: take(Float64Array, 8),
    sent: take(Float64Array, 8),
    done: take(Float64Array, 8),
    bytes: take(Float64Array, 8),
    key: take(Float64Array, 8),
    age: take(Float64Array, 8),
    rows: take(Int32Array, 4),
    phase: take(Uint32Array, 4),
    operation: take(Uint16Array, 2),
    error: take(Uint16Array, 2),
    attempt: take(Uint8Array, 1),
    outcome: take(Uint8Array, 1),
    cache: take(Int8Array, 1),
    loaded: take(Int8Array, 1),
  };
}

/** What versions 1 and 2 had not. */
function unknown(rows: number): Pick<TimingColumns, "key" | "age" | "loaded"> {
  return {
    key: new Float64Array(rows).fill(NaN),
    age: new Float64Array(rows).fill(NaN),
    loaded: new Int8Array(rows).fill(-1),
  };
}

/** The same of a frame of version 2. */
function columnsOf2(buffer: ArrayBuffer, rows: number): TimingColumns {
  const take = taker(buffer, rows);
  const known = {
    slot: take(Float64Array, 8),
    intended: take(Float64Array, 8),
    woke: take(Float64Array, 8),
    acquired: take(Float64Array, 8),
    sent: take(Float64Array, 8),
    done: take(Float64Array, 8),
    bytes: take(Float64Array, 8),
    rows: take(Int32Array, 4),
    phase: take(Uint32Array, 4),
    operation: take(Uint16Array, 2),
    error: take(Uint16Array, 2),
    attempt: take(Uint8Array, 1),
    outcome: take(Uint8Array, 1),
    cache: take(Int8Array, 1),
  };
  return { ...known, ...unknown(rows) };
}

/** The same of a frame of version 1. */
function columnsOf1(buffer: ArrayBuffer, rows: number): TimingColumns {
  const take = taker(buffer, rows);
  const times = {
    slot: take(Float64Array, 8),
    intended: take(Float64Array, 8),
    woke: take(Float64Array, 8),
    acquired: take(Float64Array, 8),
    sent: take(Float64Array, 8),
    done: take(Float64Array, 8),
  };
  const counts = { rows: take(Int32Array, 4), bytes: Float64Array.from(take(Int32Array, 4)) };
  return {
    ...times,
    ...counts,
    phase: Uint32Array.from(take(Uint16Array, 2)),
    operation: take(Uint16Array, 2),
    error: take(Uint16Array, 2),
    attempt: take(Uint8Array, 1),
    outcome: take(Uint8Array, 1),
    cache: take(Int8Array, 1),
    ...unknown(rows),
  };
}

/** The columns of a payload. */
export function columnsIn({ version, rows }: Header, payload: ArrayBuffer): TimingColumns {
  return (version === 1 ? columnsOf1 : version === 2 ? columnsOf2 : columnsOf)(payload, rows);
}

/** Bytes of a payload's rows; its error codes come behind them. */
export function rowsLength({ version, rows }: Header): number {
  return rows * (version === 1 ? ROW_BYTES_1 : version === 2 ? ROW_BYTES_2 : ROW_BYTES);
}

/** Tells frames of one run from those of others: a segment lies in a folder that is named after its run. */
export function markOf(segmentPath: string): number {
  return crc32(basename(dirname(segmentPath)));
}

/** Writes a frame's header before a payload that already stands behind it in `frame`. */
export function sealFrame(frame: Uint8Array, header: Omit<Header, "version" | "checksum">): void {
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  view.setUint32(0, MAGIC_NUMBER, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, header.worker, true);
  view.setUint32(8, header.rows, true);
  view.setUint32(12, header.dictionaryBytes, true);
  view.setUint32(16, crc32(frame.subarray(HEADER_BYTES)), true);
  view.setUint32(20, header.number, true);
  view.setUint32(24, header.mark, true);
  view.setUint32(28, crc32(frame.subarray(0, 28)), true);
}

/** The header at the beginning of `bytes`, or null when it is none of ours or damaged. */
export function readHeader(bytes: Uint8Array): Header | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (view.getUint32(0, true) !== MAGIC_NUMBER) return null;
  if (view.getUint32(28, true) !== crc32(bytes.subarray(0, 28))) return null;
  const header = {
    version: view.getUint16(4, true),
    worker: view.getUint16(6, true),
    rows: view.getUint32(8, true),
    dictionaryBytes: view.getUint32(12, true),
    checksum: view.getUint32(16, true),
    number: view.getUint32(20, true),
    mark: view.getUint32(24, true),
  };
  const known = header.version >= 1 && header.version <= VERSION && header.rows <= MOST_ROWS;
  return known ? header : null;
}

/** Whether a payload is the one that its header was written for. */
export function payloadMatches(header: Header, payload: Uint8Array): boolean {
  return crc32(payload) === header.checksum;
}
