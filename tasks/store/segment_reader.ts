import {
  type Columns,
  columnsOf,
  type Header,
  HEADER_BYTES,
  payloadMatches,
  readHeader,
  ROW_BYTES,
} from "./frame.ts";

/** A whole frame; its columns are valid until the next one is read. */
export interface Frame {
  readonly worker: number;
  readonly rows: number;
  readonly columns: Columns;
  /** All error codes of the segment so far; a row's `error` is 1 + an index into it. */
  readonly codes: readonly string[];
}

/** What a segment's end looked like; filled while it is read. */
export interface SegmentEnd {
  /** Bytes after the last whole frame: what a kill in mid-write tore off. */
  droppedBytes: number;
}

/**
 * Reads a segment frame by frame, so memory is bounded by one frame. It stops at the first frame that is not
 * whole and says in `end` how many bytes lie behind it.
 */
export function* readSegment(path: string, end: SegmentEnd): Generator<Frame> {
  using file = Deno.openSync(path, { read: true });
  const codes: string[] = [];
  let payload = new ArrayBuffer(0);
  end.droppedBytes = file.statSync().size;
  for (const { header, length } of headers(file)) {
    if (payload.byteLength < length) payload = new ArrayBuffer(length);
    const bytes = new Uint8Array(payload, 0, length);
    if (!readFully(file, bytes) || !payloadMatches(header, bytes)) return;
    if (header.dictionaryBytes > 0) codes.push(...decodeCodes(bytes.subarray(header.rows * ROW_BYTES)));
    end.droppedBytes -= HEADER_BYTES + length;
    yield { worker: header.worker, rows: header.rows, columns: columnsOf(payload, header.rows), codes };
  }
}

/**
 * The error codes of a segment, without reading its rows. Their checksums are not looked at: behind a damaged
 * frame, where `readSegment` stops, there may be some that no row has.
 */
export function segmentCodes(path: string): string[] {
  using file = Deno.openSync(path, { read: true });
  const codes: string[] = [];
  for (const { header, length } of headers(file)) {
    if (header.dictionaryBytes === 0) continue;
    file.seekSync(length - header.dictionaryBytes, Deno.SeekMode.Current);
    const bytes = new Uint8Array(header.dictionaryBytes);
    if (!readFully(file, bytes)) break;
    try {
      codes.push(...decodeCodes(bytes));
    } catch (error) {
      if (error instanceof SyntaxError) break;
      throw error;
    }
  }
  return codes;
}

/** The headers of the frames that fit the file, each with its payload's length; the file then stands behind it. */
function* headers(file: Deno.FsFile): Generator<{ header: Header; length: number }> {
  const { size } = file.statSync();
  const bytes = new Uint8Array(HEADER_BYTES);
  for (let at = 0; at < size;) {
    file.seekSync(at, Deno.SeekMode.Start);
    if (!readFully(file, bytes)) return;
    const header = readHeader(bytes);
    if (header === null) return;
    const length = header.rows * ROW_BYTES + header.dictionaryBytes;
    at += HEADER_BYTES + length;
    // A length is believed only after it fits the file: a damaged one must not allocate gigabytes.
    if (at > size) return;
    yield { header, length };
  }
}

function decodeCodes(bytes: Uint8Array): string[] {
  return JSON.parse(new TextDecoder().decode(bytes)) as string[];
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
