/** An answer in HTTP/1.1. */
export interface HttpResponse {
  readonly status: number;
  /** A view of what arrived where it came in one piece. */
  readonly body: Uint8Array;
  /** All bytes received, headers included. */
  readonly bytes: number;
  /** The server ends the connection after it. */
  readonly last: boolean;
}

/** What the head of an answer says. */
interface Head {
  readonly status: number;
  /** Of the body, bytes; null where the head does not say. */
  readonly length: number | null;
  readonly chunked: boolean;
  readonly last: boolean;
  /** Where the body begins. */
  readonly bodyAt: number;
}

/** An answer may be so long, headers included: 64 MiB. It is held in memory, once for each connection. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of all that is no body: headers, interim answers before them, trailers; and of the line of a chunk's size. */
const MOST_HEAD_BYTES = 256 * 1024;

const decoder = new TextDecoder();
/** What every status line begins with. */
const VERSION = new TextEncoder().encode("HTTP/1.");
const NOT_HTTP = "the answer is not HTTP/1.1";
const MINOR_AT = 7;
/** Of "HTTP/1.1 200". */
const STATUS_BYTES = 12;
const [CR, LF, COLON, SPACE, TAB, ZERO] = [13, 10, 58, 32, 9, 48];
const NOTHING = new Uint8Array();
const NO_CHUNK_SIZE = "a chunk of the answer has no size";
/** What these say ends with its head, whatever that promises. */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 304]);

/**
 * Reads one answer from bytes that grow: RFC 9112. Headers are looked at as bytes, and only those that say where
 * the body ends: as text they would cost more than the rest of a request.
 */
export class ResponseReader {
  #head: Head | null = null;
  /** Up to where the end of the head was looked for, or where the next chunk begins. */
  #at = 0;
  /** What came in chunks so far: its first `#bodyBytes`. */
  #body = NOTHING;
  #bodyBytes = 0;
  #headAt = 0;

  /** The bytes of another answer begin at 0. */
  begin(): void {
    this.#head = null;
    this.#at = this.#headAt = 0;
    this.#body = NOTHING;
    this.#bodyBytes = 0;
  }

  /**
   * @param bytes all that arrived of the answer, up to `end`
   * @returns null where some of it has still to come
   * @throws where it is not HTTP/1.1, or longer than an answer may be: before it has arrived where its head says so
   */
  read(bytes: Uint8Array, end: number): HttpResponse | null {
    for (;;) {
      const head = this.#head ??= this.#readHead(bytes, end);
      if (head === null) return null;
      // An interim answer: the real one follows. (101, another protocol, was not asked for and is none.)
      if (head.status < 200 && head.status !== 101) {
        this.#headAt = head.bodyAt;
        this.#head = null;
        continue;
      }
      if (head.chunked && !BODILESS.has(head.status)) return this.#readChunks(bytes, end, head);
      const length = BODILESS.has(head.status) ? 0 : head.length;
      if (head.bodyAt + (length ?? end - head.bodyAt) > MOST_ANSWER_BYTES) throw tooLong();
      if (length === null || end < head.bodyAt + length) return null;
      const bodyEnd = head.bodyAt + length;
      const { status, last } = head;
      return { status, body: bytes.subarray(head.bodyAt, bodyEnd), bytes: bodyEnd, last };
    }
  }

  /** The answer where the server has ended the connection, which ends a body of unknown length; else null. */
  atEnd(bytes: Uint8Array, end: number): HttpResponse | null {
    const head = this.#head;
    if (head === null || head.chunked || head.length !== null) return null;
    return { status: head.status, body: bytes.subarray(head.bodyAt, end), bytes: end, last: true };
  }

  #readHead(bytes: Uint8Array, end: number): Head | null {
    const from = this.#headAt;
    const headEnd = endOfHead(bytes, Math.max(from, this.#at - 3), end);
    if ((headEnd < 0 ? end : headEnd) > MOST_HEAD_BYTES) {
      throw protocolError("the answer's headers do not end");
    }
    if (headEnd < 0) {
      if (end - from >= STATUS_BYTES && Number.isNaN(statusOf(bytes, from))) throw protocolError(NOT_HTTP);
      this.#at = end;
      return null;
    }
    let lineAt = from;
    const first = endOfLine(bytes, lineAt, headEnd + 2);
    const status = statusOf(bytes, lineAt);
    if (Number.isNaN(status)) throw protocolError(NOT_HTTP);
    let length: number | null = null;
    // HTTP/1.0 keeps a connection only where it says so.
    let [chunked, last] = [false, status === 101 || bytes[lineAt + MINOR_AT] === ZERO];
    for (lineAt = first + 2; lineAt < headEnd; lineAt = endOfLine(bytes, lineAt, headEnd + 2) + 2) {
      // By length and first letter the headers that matter are told from all usual others.
      const nameLength = nameEnd(bytes, lineAt, headEnd) - lineAt;
      const letter = bytes[lineAt]! | 32;
      if (nameLength === 14 && letter === 99) {
        length = lengthOf(value(bytes, lineAt, headEnd, "content-length"), length);
      } else if (nameLength === 17 && letter === 116) {
        const coding = value(bytes, lineAt, headEnd, "transfer-encoding");
        if (coding !== null && !/^chunked$/i.test(coding)) {
          throw protocolError("the answer has a transfer coding that was not asked for");
        }
        chunked ||= coding !== null;
      } else if (nameLength === 10 && letter === 99) {
        const options = value(bytes, lineAt, headEnd, "connection") ?? "";
        last = /\bclose\b/i.test(options) || last && status !== 101 && !/\bkeep-alive\b/i.test(options);
      }
    }
    this.#at = headEnd + 4;
    return { status, length, chunked, last, bodyAt: headEnd + 4 };
  }

  #readChunks(bytes: Uint8Array, end: number, { status, last }: Head): HttpResponse | null {
    for (;;) {
      const lineEnd = endOfLine(bytes, this.#at, end);
      if ((lineEnd < 0 ? end : lineEnd) - this.#at > MOST_HEAD_BYTES) throw protocolError(NO_CHUNK_SIZE);
      if (lineEnd < 0) return null;
      const size = chunkSizeOf(bytes, this.#at, lineEnd);
      if (lineEnd + size > MOST_ANSWER_BYTES) throw tooLong();
      if (size === 0) {
        const trailersEnd = endOfTrailers(bytes, lineEnd + 2, end);
        if ((trailersEnd < 0 ? end : trailersEnd) - lineEnd > MOST_HEAD_BYTES) {
          throw protocolError("the answer's trailers do not end");
        }
        if (trailersEnd < 0) return null;
        return { status, body: this.#body.subarray(0, this.#bodyBytes), bytes: trailersEnd, last };
      }
      const chunkEnd = lineEnd + 2 + size;
      if (end < chunkEnd + 2) return null;
      if (bytes[chunkEnd] !== CR || bytes[chunkEnd + 1] !== LF) {
        throw protocolError("a chunk of the answer is longer than it says");
      }
      this.#append(bytes.subarray(lineEnd + 2, chunkEnd));
      this.#at = chunkEnd + 2;
    }
  }

  /** A copy: the buffer may be replaced by a larger one before the last chunk is there. */
  #append(chunk: Uint8Array): void {
    const bytes = this.#bodyBytes + chunk.length;
    if (bytes > this.#body.length) {
      const larger = new Uint8Array(Math.max(bytes, 2 * this.#body.length));
      larger.set(this.#body);
      this.#body = larger;
    }
    this.#body.set(chunk, this.#bodyBytes);
    this.#bodyBytes = bytes;
  }
}

function protocolError(message: string): Error {
  return Object.assign(new Error(message), { code: "EPROTO" });
}

function tooLong(): Error {
  const limit = MOST_ANSWER_BYTES / 1024 / 1024;
  return Object.assign(new Error(`the answer is longer than ${limit} MiB`), { code: "EMSGSIZE" });
}

/** A Content-Length; one said twice must be the same. @param before what an earlier line said */
function lengthOf(text: string | null, before: number | null): number | null {
  if (text === null) return before;
  const length = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(length) || before !== null && before !== length) {
    throw protocolError("the answer's Content-Length is not a number");
  }
  return length;
}

function chunkSizeOf(bytes: Uint8Array, from: number, to: number): number {
  const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(ascii(bytes, from, Math.min(to, from + 64))) ??
    [];
  if (digits === undefined) throw protocolError(NO_CHUNK_SIZE);
  return parseInt(digits, 16);
}

/** The status of a line "HTTP/1.1 200 …"; NaN where it is none. */
function statusOf(bytes: Uint8Array, at: number): number {
  for (let index = 0; index < VERSION.length; index++) {
    if (bytes[at + index] !== VERSION[index]) return NaN;
  }
  const digit = (offset: number) => bytes[at + offset]! - 48;
  const minor = digit(7);
  const status = digit(9) * 100 + digit(10) * 10 + digit(11);
  return (minor === 0 || minor === 1) && status >= 100 && status <= 999 ? status : NaN;
}

/** The value of a header line, without the space around it; null where the line has another name. */
function value(bytes: Uint8Array, lineAt: number, headEnd: number, name: string): string | null {
  const line = ascii(bytes, lineAt, endOfLine(bytes, lineAt, headEnd + 2));
  return line.slice(0, name.length).toLowerCase() === name ? line.slice(name.length + 1).trim() : null;
}

function nameEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== COLON && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
  return at;
}

/** Where the empty line behind a head begins: at its CR LF CR LF; below 0 where it is not there yet. */
function endOfHead(bytes: Uint8Array, from: number, end: number): number {
  for (
    let at = bytes.indexOf(CR!, Math.max(0, from));
    at >= 0 && at + 3 < end;
    at = bytes.indexOf(CR!, at + 1)
  ) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at;
  }
  return -1;
}

/** Where the CR LF that ends a line begins; below 0 where it is not there yet. */
function endOfLine(bytes: Uint8Array, from: number, end: number): number {
  for (let at = bytes.indexOf(CR!, from); at >= 0 && at + 1 < end; at = bytes.indexOf(CR!, at + 1)) {
    if (bytes[at + 1] === LF) return at;
  }
  return -1;
}

/** Behind the empty line that ends what follows the last chunk; below 0 where it is not there yet. */
function endOfTrailers(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from;;) {
    const lineEnd = endOfLine(bytes, at, end);
    if (lineEnd < 0) return -1;
    if (lineEnd === at) return at + 2;
    at = lineEnd + 2;
  }
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}
