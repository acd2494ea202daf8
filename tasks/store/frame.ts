import { crc32 } from "node:zlib";

/**
 * The form of a segment file: frames, each a header and a payload, little-endian. A payload holds `rows` rows
 * column by column, widest first so that each is aligned, then the error codes new since the frame before as
 * a JSON array. A frame is whole when its length and both checksums agree; a kill in mid-write tears only the
 * last.
 */
export const HEADER_BYTES = 32;
const MAGIC = 0x47534242;
const VERSION = 1;
export const ROW_BYTES = 6 * 8 + 2 * 4 + 3 * 2 + 3;

/** One column a field; all of equal length. NaN in a time and -1 in cache, rows and bytes stand for null. */
export interface Columns {
  readonly slot: Float64Array;
  readonly intended: Float64Array;
  readonly woke: Float64Array;
  readonly acquired: Float64Array;
  readonly sent: Float64Array;
  readonly done: Float64Array;
  readonly rows: Int32Array;
  readonly bytes: Int32Array;
  readonly phase: Uint16Array;
  readonly operation: Uint16Array;
  /** 0 for none, else 1 + the index among the segment's error codes. */
  readonly error: Uint16Array;
  readonly attempt: Uint8Array;
  readonly outcome: Uint8Array;
  readonly cache: Int8Array;
}

export interface Header {
  readonly worker: number;
  readonly rows: number;
  readonly dictionaryBytes: number;
  readonly checksum: number;
}

/** The columns of `rows` rows within a buffer, from its beginning. */
export function columnsOf(buffer: ArrayBuffer, rows: number): Columns {
  let at = 0;
  const take = <T>(make: (buffer: ArrayBuffer, offset: number, length: number) => T, bytes: number): T => {
    const column = make(buffer, at, rows);
    at += rows * bytes;
    return column;
  };
  const f64 = (b: ArrayBuffer, o: number, n: number) => new Float64Array(b, o, n);
  const i32 = (b: ArrayBuffer, o: number, n: number) => new Int32Array(b, o, n);
  const u16 = (b: ArrayBuffer, o: number, n: number) => new Uint16Array(b, o, n);
  const u8 = (b: ArrayBuffer, o: number, n: number) => new Uint8Array(b, o, n);
  const i8 = (b: ArrayBuffer, o: number, n: number) => new Int8Array(b, o, n);
  return {
    slot: take(f64, 8),
    intended: take(f64, 8),
    woke: take(f64, 8),
    acquired: take(f64, 8),
    sent: take(f64, 8),
    done: take(f64, 8),
    rows: take(i32, 4),
    bytes: take(i32, 4),
    phase: take(u16, 2),
    operation: take(u16, 2),
    error: take(u16, 2),
    attempt: take(u8, 1),
    outcome: take(u8, 1),
    cache: take(i8, 1),
  };
}

/** Writes a frame's header before a payload that already stands behind it in `frame`. */
export function sealFrame(frame: Uint8Array, worker: number, rows: number, dictionaryBytes: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, worker, true);
  view.setUint32(8, rows, true);
  view.setUint32(12, dictionaryBytes, true);
  view.setUint32(16, crc32(frame.subarray(HEADER_BYTES)), true);
  view.setUint32(20, 0, true);
  view.setUint32(24, 0, true);
  view.setUint32(28, crc32(frame.subarray(0, 28)), true);
}

/** The header at the beginning of `bytes`, or null when it is none of ours or damaged. */
export function readHeader(bytes: Uint8Array): Header | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const whole = view.getUint32(0, true) === MAGIC && view.getUint16(4, true) === VERSION &&
    view.getUint32(28, true) === crc32(bytes.subarray(0, 28));
  if (!whole) return null;
  return {
    worker: view.getUint16(6, true),
    rows: view.getUint32(8, true),
    dictionaryBytes: view.getUint32(12, true),
    checksum: view.getUint32(16, true),
  };
}

/** Whether a payload is the one that its header was written for. */
export function payloadMatches(header: Header, payload: Uint8Array): boolean {
  return crc32(payload) === header.checksum;
}
