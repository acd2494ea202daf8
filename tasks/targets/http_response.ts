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

const decoder = new TextDecoder();
/** What every status line begins with. */
const VERSION = new TextEncoder().encode("HTTP/1.");
const [CR, LF, COLON, SPACE, TAB] = [13, 10, 58, 32, 9];

/**
 * Reads one answer from bytes that grow: RFC 9112. Headers are looked at as bytes, and only those that say where
 * the body ends: as text they would cost more than the rest of a request.
 */
export class ResponseReader {
  #head: Head | null = null;
  /** Up to where the end of the head was looked for, or where the next chunk begins. */
  #at = 0;
  #parts: Uint8Array[] = [];
  #headAt = 0;

  /** The bytes of another answer begin at 0. */
  begin(): void {
    this.#head = null;
    this.#at = this.#headAt = 0;
    this.#parts = [];
  }

  /**
   * @param bytes all that arrived of the answer, up to `end`
   * @returns null where some of it has still to come
   * @throws where it is not HTTP/1.1
   */
  read(bytes: Uint8Array, end: number): HttpResponse | null {
    for (;;) {
      const head = this.#head ??= this.#readHead(bytes, end);
      if (head === null) return null;
      // An interim answer: the real one follows.
      if (head.status < 200) {
        this.#headAt = head.bodyAt;
        this.#head = null;
        continue;
      }
      if (head.chunked) return this.#readChunks(bytes, end, head);
      const length = head.status === 204 || head.status === 304 ? 0 : head.length;
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
    if (headEnd < 0) {
      this.#at = end;
      return null;
    }
    let lineAt = from;
    const first = endOfLine(bytes, lineAt, headEnd + 2);
    const status = statusOf(bytes, lineAt);
    if (Number.isNaN(status)) throw new Error("the answer is not HTTP/1.1");
    let length: number | null = null;
    let [chunked, last] = [false, false];
    for (lineAt = first + 2; lineAt < headEnd; lineAt = endOfLine(bytes, lineAt, headEnd + 2) + 2) {
      // By length and first letter the headers that matter are told from all usual others.
      const nameLength = nameEnd(bytes, lineAt, headEnd) - lineAt;
      const letter = bytes[lineAt]! | 32;
      if (nameLength === 14 && letter === 99) {
        length = Number(value(bytes, lineAt, headEnd, "content-length") ?? length);
      } else if (nameLength === 17 && letter === 116) {
        chunked ||= /\bchunked\b/i.test(value(bytes, lineAt, headEnd, "transfer-encoding") ?? "");
      } else if (nameLength === 10 && letter === 99) {
        last ||= /\bclose\b/i.test(value(bytes, lineAt, headEnd, "connection") ?? "");
      }
    }
    if (length !== null && !(length >= 0)) throw new Error("the answer has a length that is none");
    this.#at = headEnd + 4;
    return { status, length, chunked, last, bodyAt: headEnd + 4 };
  }

  #readChunks(bytes: Uint8Array, end: number, { status, last }: Head): HttpResponse | null {
    for (;;) {
      const lineEnd = endOfLine(bytes, this.#at, end);
      if (lineEnd < 0) return null;
      const size = parseInt(ascii(bytes, this.#at, lineEnd), 16);
      if (!(size >= 0)) throw new Error("a chunk of the answer has no size");
      if (size === 0) {
        const trailersEnd = endOfTrailers(bytes, lineEnd + 2, end);
        if (trailersEnd < 0) return null;
        return { status, body: joined(this.#parts), bytes: trailersEnd, last };
      }
      const chunkEnd = lineEnd + 2 + size;
      if (end < chunkEnd + 2) return null;
      // A copy: the buffer may be replaced by a larger one before the last chunk is there.
      this.#parts.push(bytes.slice(lineEnd + 2, chunkEnd));
      this.#at = chunkEnd + 2;
    }
  }
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

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
