import { ServiceError } from "../model/errors.ts";
import {
  columnsOf,
  HEADER_BYTES,
  markOf,
  MOST_ANSWER_ROWS,
  ROW_BYTES,
  sealFrame,
  type TimingColumns,
} from "./frame.ts";

const FLUSH_EVERY_MS = 1000;
/** Codes come from servers: neither their number nor their length may grow a frame without bound. */
const MAX_CODES = 256;
const MAX_CODE_LENGTH = 64;
const OTHER = "other";

/**
 * A worker's recorder on the hot path: `push` copies numbers into preallocated columns and allocates nothing;
 * a flush writes one frame synchronously, so a row is safe from a kill of this process as soon as it returns.
 * It does not wait for the disk (no fsync): a power cut may cost the last seconds, a dead process none.
 */
export class SegmentWriter implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #columns: TimingColumns;
  readonly #names: readonly (keyof TimingColumns)[];
  readonly #frame: Uint8Array<ArrayBuffer>;
  readonly #mark: number;
  readonly #codes = new Map<string, number>();
  /** The codes as a frame carries them; made anew when there is a new one. */
  #dictionary: Uint8Array | null = null;
  #hasErrors = false;
  #frames = 0;
  #count = 0;
  #written = 0;
  #flushedAt = 0;
  #rowsFlushed = 0;
  #closed = false;

  /**
   * @param path a new file; by convention `timing-<worker>.seg` in the run's spool directory, by whose name its
   * frames are known.
   * @param capacity rows held before a flush is forced.
   */
  constructor(readonly path: string, readonly worker: number, readonly capacity = 16_384) {
    this.#columns = columnsOf(new ArrayBuffer(capacity * ROW_BYTES), capacity);
    this.#names = Object.keys(this.#columns) as (keyof TimingColumns)[];
    // JSON writes a character in six bytes at worst.
    const dictionaryRoom = MAX_CODES * (MAX_CODE_LENGTH * 6 + 3) + 2;
    this.#frame = new Uint8Array(HEADER_BYTES + capacity * ROW_BYTES + dictionaryRoom);
    this.#mark = markOf(path);
    this.#file = Deno.openSync(path, { write: true, createNew: true });
  }

  /** Rows pushed so far. */
  get rows(): number {
    return this.#rowsFlushed + this.#count;
  }

  /**
   * Records one attempt. Times are microseconds from the run's start, NaN where it never got so far;
   * `outcome` and `cache` are indices into OUTCOMES and CACHE_STATES, -1 where nothing was cacheable; `rows`
   * and `bytes` are -1 where unknown. `key` is the hash of its key in a cache, `ageUs` how old the entry was that answered,
   * both NaN where there was none; `loaded` is 1 where what lies behind the cache was asked for it, 0 where not, else -1.
   */
  push(
    slot: number,
    attempt: number,
    phaseId: number,
    operationId: number,
    intendedUs: number,
    wokeUs: number,
    acquiredUs: number,
    sentUs: number,
    doneUs: number,
    outcome: number,
    errorCode: string | null,
    cache: number,
    rows: number,
    bytes: number,
    key = NaN,
    ageUs = NaN,
    loaded = -1,
  ): void {
    if (this.#count === this.capacity) this.flush();
    const at = this.#count++;
    const columns = this.#columns;
    columns.slot[at] = slot;
    columns.attempt[at] = attempt;
    columns.phase[at] = phaseId;
    columns.operation[at] = operationId;
    columns.intended[at] = intendedUs;
    columns.woke[at] = wokeUs;
    columns.acquired[at] = acquiredUs;
    columns.sent[at] = sentUs;
    columns.done[at] = doneUs;
    columns.outcome[at] = outcome;
    columns.error[at] = errorCode === null ? 0 : this.#code(errorCode);
    columns.cache[at] = cache;
    columns.rows[at] = rows > MOST_ANSWER_ROWS ? -1 : rows;
    columns.bytes[at] = bytes;
    columns.key[at] = key;
    columns.age[at] = ageUs;
    columns.loaded[at] = loaded;
  }

  /** Flushes when the last flush is a second old; call it from the worker's loop. */
  flushIfDue(nowMs: number): void {
    if (nowMs - this.#flushedAt < FLUSH_EVERY_MS) return;
    this.#flushedAt = nowMs;
    this.flush();
  }

  /**
   * Writes what was pushed since the last flush as one frame.
   * @throws {ServiceError} when the disk is full or fails; the file then ends with the last whole frame.
   */
  flush(): void {
    const rows = this.#count;
    if (rows === 0) return;
    let at = HEADER_BYTES;
    for (const name of this.#names) {
      const column = this.#columns[name];
      const bytes = new Uint8Array(column.buffer, column.byteOffset, rows * column.BYTES_PER_ELEMENT);
      this.#frame.set(bytes, at);
      at += bytes.length;
    }
    let dictionaryBytes = 0;
    if (this.#hasErrors) {
      this.#dictionary ??= new TextEncoder().encode(JSON.stringify([...this.#codes.keys()]));
      this.#frame.set(this.#dictionary, at);
      dictionaryBytes = this.#dictionary.length;
    }
    const frame = this.#frame.subarray(0, at + dictionaryBytes);
    const { worker } = this;
    sealFrame(frame, { worker, rows, dictionaryBytes, number: this.#frames, mark: this.#mark });
    this.#write(frame);
    this.#frames++;
    this.#count = 0;
    this.#rowsFlushed += rows;
    this.#hasErrors = false;
  }

  /** Flushes and closes; further calls do nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.flush();
    } finally {
      this.#file.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #write(frame: Uint8Array): void {
    let done = 0;
    try {
      while (done < frame.length) done += this.#file.writeSync(frame.subarray(done));
    } catch (error) {
      // Half a frame would hide every frame behind it from the reader.
      this.#file.truncateSync(this.#written);
      this.#file.seekSync(this.#written, Deno.SeekMode.Start);
      throw new ServiceError(
        `Cannot keep timings in ${this.path}: ${error instanceof Error ? error.message : error}`,
        "Free space on that disk, or set BENCHBOOK_HOME to another one.",
        { cause: error },
      );
    }
    this.#written += frame.length;
  }

  #code(text: string): number {
    this.#hasErrors = true;
    // A cut may fall within a surrogate pair, and half of one is no text for a store.
    const short = String(text).slice(0, MAX_CODE_LENGTH).toWellFormed();
    const known = this.#codes.get(short);
    if (known !== undefined) return known;
    if (this.#codes.size >= MAX_CODES - 1 && short !== OTHER) return this.#code(OTHER);
    const index = this.#codes.size + 1;
    this.#codes.set(short, index);
    this.#dictionary = null;
    return index;
  }
}
