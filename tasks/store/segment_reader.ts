import { type Columns, columnsOf, HEADER_BYTES, payloadMatches, readHeader, ROW_BYTES } from "./frame.ts";

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
  const size = file.statSync().size;
  const headerBytes = new Uint8Array(HEADER_BYTES);
  const codes: string[] = [];
  let payload = new ArrayBuffer(0);
  let at = 0;
  end.droppedBytes = 0;
  while (at < size) {
    end.droppedBytes = size - at;
    if (!readFully(file, headerBytes)) return;
    const header = readHeader(headerBytes);
    if (header === null) return;
    const length = header.rows * ROW_BYTES + header.dictionaryBytes;
    // A length is believed only after it fits the file: a damaged one must not allocate gigabytes.
    if (at + HEADER_BYTES + length > size) return;
    if (payload.byteLength < length) payload = new ArrayBuffer(length);
    const bytes = new Uint8Array(payload, 0, length);
    if (!readFully(file, bytes) || !payloadMatches(header, bytes)) return;
    if (header.dictionaryBytes > 0) {
      const text = new TextDecoder().decode(bytes.subarray(length - header.dictionaryBytes));
      codes.push(...JSON.parse(text) as string[]);
    }
    at += HEADER_BYTES + length;
    end.droppedBytes = 0;
    yield { worker: header.worker, rows: header.rows, columns: columnsOf(payload, header.rows), codes };
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
