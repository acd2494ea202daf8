/**
 * Messages of PostgreSQL's protocol 3.0, as bytes: a type, a length that counts itself, the body.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

import type { Inbox } from "../net/inbox.ts";

/** Types of messages from the server. */
export const Backend = {
  authentication: code("R"),
  backendKeyData: code("K"),
  bindComplete: code("2"),
  closeComplete: code("3"),
  commandComplete: code("C"),
  copyBoth: code("W"),
  copyData: code("d"),
  copyDone: code("c"),
  copyIn: code("G"),
  copyOut: code("H"),
  dataRow: code("D"),
  emptyQuery: code("I"),
  error: code("E"),
  negotiateVersion: code("v"),
  noData: code("n"),
  notice: code("N"),
  notification: code("A"),
  parameterDescription: code("t"),
  parameterStatus: code("S"),
  parseComplete: code("1"),
  portalSuspended: code("s"),
  readyForQuery: code("Z"),
  rowDescription: code("T"),
} as const;

/** Types of messages to the server. */
export const Frontend = {
  bind: code("B"),
  close: code("C"),
  copyFail: code("f"),
  describe: code("D"),
  execute: code("E"),
  parse: code("P"),
  password: code("p"),
  query: code("Q"),
  sync: code("S"),
  terminate: code("X"),
} as const;

/** Bytes of type and length. */
export const HEADER = 5;
/** Up to here a loop over plain characters is faster than a call of the encoder, or of the decoder. */
const SHORT_TEXT = 64;
const SHORT_BYTES = 24;

const encoder = new TextEncoder();
/** A byte order mark is part of the value. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
/** What is only to be shown is shown as far as it can be read. */
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Writes messages one after the other into a buffer that is used again and again. */
export class MessageWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #lengthAt = 0;

  /** What was written; valid until the next `clear`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The same, without making anything for it: the first `length` bytes of `buffer`. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  clear(): this {
    this.#length = 0;
    return this;
  }

  /** Begins a message; the first two of a connection have no type. */
  begin(type: number | null): this {
    this.#reserve(HEADER);
    if (type !== null) this.#bytes[this.#length++] = type;
    this.#lengthAt = this.#length;
    this.#length += 4;
    return this;
  }

  end(): this {
    this.#putInt32(this.#lengthAt, this.#length - this.#lengthAt);
    return this;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  int16(value: number): this {
    this.#reserve(2);
    this.#bytes[this.#length++] = value >>> 8;
    this.#bytes[this.#length++] = value;
    return this;
  }

  int32(value: number): this {
    this.#reserve(4);
    this.#putInt32(this.#length, value);
    this.#length += 4;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Text that ends with a zero byte. */
  string(text: string): this {
    this.#encode(text);
    return this.byte(0);
  }

  /** Text without its length: the body's last part. */
  text(text: string): this {
    this.#encode(text);
    return this;
  }

  /** A value with its length before it, null as length −1. */
  value(text: string | null): this {
    if (text === null) return this.int32(-1);
    this.#reserve(4);
    const lengthAt = this.#length;
    this.#length += 4;
    this.#encode(text);
    this.#putInt32(lengthAt, this.#length - lengthAt - 4);
    return this;
  }

  #encode(text: string): void {
    // UTF-8 takes at most three bytes for one unit of UTF-16.
    this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    const start = this.#length;
    if (text.length <= SHORT_TEXT) {
      let at = 0;
      for (; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        if (unit > 0x7f) break;
        bytes[start + at] = unit;
      }
      if (at === text.length) {
        this.#length = start + at;
        return;
      }
    }
    this.#length = start + encoder.encodeInto(text, bytes.subarray(start)).written;
  }

  #putInt32(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/**
 * Waits for a whole message and takes it out of the inbox: its type, and a copy of its body.
 * @param most how long the body of a message of a type may be; a longer one is not waited for
 */
export async function nextMessage(
  inbox: Inbox,
  most: (type: number) => number = () => Infinity,
): Promise<{ type: number; body: Uint8Array }> {
  for (;;) {
    const { bytes, start } = inbox;
    const end = inbox.end - start < HEADER ? Infinity : messageEnd(bytes, start);
    if (end !== Infinity && end - start - HEADER > most(bytes[start]!)) throw notTheProtocol();
    if (end <= inbox.end) {
      inbox.start = end;
      return { type: bytes[start]!, body: bytes.slice(start + HEADER, end) };
    }
    if (!await inbox.more()) throw connectionLost();
  }
}

/**
 * Where the message that begins at `at` ends; its first five bytes must be there.
 * @throws when its length is none: this is not PostgreSQL, or its place in the stream was lost.
 */
export function messageEnd(bytes: Uint8Array, at: number): number {
  const length = int32(bytes, at + 1);
  if (length < 4) throw notTheProtocol();
  return at + 1 + length;
}

/** After a message that does not belong here nothing that follows can be told apart: SQLSTATE protocol_violation. */
export function outOfStep(cause?: unknown): Error {
  const message = "the server's messages are not in the order of PostgreSQL's protocol";
  return Object.assign(new Error(message, { cause }), { code: "08P01" });
}

const MEGABYTE = 1_000_000;

/**
 * How long the body of a message may be. As in libpq, 30,000 bytes are enough for all but a few types; those are
 * bounded here too, since what is read is kept in memory.
 */
export function mostBytes(type: number): number {
  switch (type) {
    case Backend.dataRow:
    case Backend.copyData:
      return 256 * MEGABYTE;
    case Backend.error:
    case Backend.notice:
    case Backend.notification:
    case Backend.rowDescription:
      return 16 * MEGABYTE;
    default:
      return 30_000;
  }
}

/** What a server says that is none, or has lost its place in the stream: nothing that follows can be believed. */
export function notTheProtocol(): Error {
  return connectionLost("the server's answer is not PostgreSQL's protocol");
}

/** The error of a connection that ended by itself, with the code that the operating system has for it. */
export function connectionLost(message = "the server closed the connection", cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: "ECONNRESET" });
}

export function int16(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

export function int32(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
}

/** @throws {TypeError} when it is not UTF-8: what is read instead would be another value */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_BYTES) {
    let text = "";
    let at = start;
    for (; at < end && bytes[at]! <= 0x7f; at++) text += String.fromCharCode(bytes[at]!);
    if (at === end) return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}

/**
 * The text that begins at `at` and ends before a zero byte, where it is not UTF-8 with a sign instead.
 * @throws when there is none before `end`
 */
export function zeroTerminated(bytes: Uint8Array, at: number, end: number): { text: string; next: number } {
  const zero = bytes.subarray(0, end).indexOf(0, at);
  if (zero < 0) throw notTheProtocol();
  return { text: lenient.decode(bytes.subarray(at, zero)), next: zero + 1 };
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}
