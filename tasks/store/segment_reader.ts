import {
  columnsIn,
  type Header,
  HEADER_BYTES,
  MAGIC,
  markOf,
  payloadMatches,
  readHeader,
  rowsLength,
  type TimingColumns,
} from "./frame.ts";

/** A whole frame; its columns are valid until the next one is read. */
export interface Frame {
  readonly worker: number;
  readonly rows: number;
  readonly columns: TimingColumns;
  /** A row's `error` is 1 + an index into these. */
  readonly codes: readonly string[];
  /** Tells the frames of a worker apart: its place in the segment, or of an older version what it holds. */
  readonly id: number | string;
}

/** What a segment holds beside its frames; filled while it is read. */
export interface SegmentEnd {
  /** Bytes of an unfinished frame at the end, or after it: what a kill in mid-write tore off. */
  droppedBytes: number;
  /** Bytes that a writer does not leave, also not one that is killed. */
  damagedBytes?: number;
}

/**
 * Reads a segment frame by frame, so memory is bounded by one frame. Whatever is not a whole frame of this run is
 * stepped over and counted in `end`; the frames behind it are read.
 */
export function* readSegment(path: string, end: SegmentEnd): Generator<Frame> {
  using file = Deno.openSync(path, { read: true });
  const { size } = file.statSync();
  const mark = markOf(path);
  const codesSoFar: string[] = [];
  let payload = new ArrayBuffer(0);
  let damaged = false;
  end.droppedBytes = 0;
  end.damagedBytes = 0;
  for (let at = 0; at < size;) {
    const header = headerAt(file, at);
    const length = header === null ? 0 : rowsLength(header) + header.dictionaryBytes;
    const next = at + HEADER_BYTES + length;
    let codes: readonly string[] | null = null;
    // A length is believed only after it fits the file: a damaged one must not allocate gigabytes.
    if (header !== null && next <= size) {
      if (payload.byteLength < length) payload = new ArrayBuffer(length);
      const bytes = new Uint8Array(payload, 0, length);
      if (readFully(file, bytes) && payloadMatches(header, bytes)) codes = codesOf(header, bytes);
    }
    if (codes === null) {
      const found = findFrame(file, at + 1, size);
      const unfinished = found === size && (header === null ? isBegun(file, at, size) : next > size);
      if (unfinished) end.droppedBytes += size - at;
      else {
        end.damagedBytes += found - at;
        damaged = true;
      }
      at = found;
      continue;
    }
    const { version, worker, rows, number, checksum } = header!;
    // A code of version 1 stands in the frame that had it first: behind a hole they are not known.
    const readable = version === 1 ? !damaged : header!.mark === mark;
    if (version === 1) codesSoFar.push(...codes);
    if (readable) {
      const columns = columnsIn(header!, payload);
      const id = version === 1 ? `${worker}:${checksum}:${columns.slot[0]}` : number;
      yield { worker, rows, columns, codes: version === 1 ? codesSoFar : codes, id };
    } else {
      end.damagedBytes += next - at;
      damaged = true;
    }
    at = next;
  }
}

function headerAt(file: Deno.FsFile, at: number): Header | null {
  const bytes = new Uint8Array(HEADER_BYTES);
  file.seekSync(at, Deno.SeekMode.Start);
  return readFully(file, bytes) ? readHeader(bytes) : null;
}

const WINDOW = 65_536;

/** Where the next header begins, or `size`. */
function findFrame(file: Deno.FsFile, from: number, size: number): number {
  const bytes = new Uint8Array(WINDOW);
  for (let at = from; at + HEADER_BYTES <= size; at += WINDOW - HEADER_BYTES + 1) {
    file.seekSync(at, Deno.SeekMode.Start);
    const window = bytes.subarray(0, Math.min(WINDOW, size - at));
    if (!readFully(file, window)) return size;
    for (let found = window.indexOf(MAGIC[0]!); found >= 0; found = window.indexOf(MAGIC[0]!, found + 1)) {
      if (readHeader(window.subarray(found, found + HEADER_BYTES)) !== null) return at + found;
    }
  }
  return size;
}

/** Whether the file ends within a header. */
function isBegun(file: Deno.FsFile, at: number, size: number): boolean {
  if (size - at >= HEADER_BYTES) return false;
  const bytes = new Uint8Array(Math.min(MAGIC.length, size - at));
  file.seekSync(at, Deno.SeekMode.Start);
  return readFully(file, bytes) && bytes.every((byte, index) => byte === MAGIC[index]);
}

/** The error codes in a payload; null where they are none, which no writer leaves. */
function codesOf(header: Header, payload: Uint8Array): string[] | null {
  if (header.dictionaryBytes === 0) return [];
  try {
    const codes: unknown = JSON.parse(new TextDecoder().decode(payload.subarray(rowsLength(header))));
    return Array.isArray(codes) && codes.every((code) => typeof code === "string") ? codes : null;
  } catch {
    return null;
  }
}

function readFully(file: Deno.FsFile, into: Uint8Array): boolean {
  let done = 0;
  while (done < into.length) {
    const read = file.readSync(into.subarray(done));
    if (read === null) return false;
    done += read;
  }
  return true;
}
