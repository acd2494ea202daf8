import { Buffer } from "node:buffer";
import { ServiceError } from "../model/errors.ts";
import {
  Backend,
  HEADER,
  int16,
  int32,
  messageEnd,
  mostBytes,
  notTheProtocol,
  zeroTerminated,
} from "./wire.ts";

const MEGABYTE = 1_000_000;
/** All that is said for one statement, and is not a COPY, which nobody keeps. What we ask for is a thousandth of it. */
const MOST_ANSWER_BYTES = 128 * MEGABYTE;
/** What pg keeps of a message beyond its bytes, however short it is, and of each value of a row. */
const MESSAGE_COST = 200;
const VALUE_COST = 16;

/**
 * Looks at messages before pg sees them. pg keeps what a length claims, and all rows of an answer, and looks for the
 * end of a text beyond its message, for ever where there is none: a server could have all memory, or all time.
 */
export class FrameGuard {
  readonly #header = new Uint8Array(HEADER);
  /** Bytes of a header that came in pieces. */
  #have = 0;
  /** Bytes of the present message that are still to come. */
  #left = 0;
  /** What has come of its body where that is looked at; null where it is not. */
  #body: Uint8Array[] | null = null;
  /** What the present answer may still need. */
  #room = MOST_ANSWER_BYTES;

  /** @throws when a message is longer than any of its type can be, or what is in it does not end in it, or an answer is too long */
  pass(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
        const part = chunk.subarray(at, at + this.#left);
        // A copy: the chunk's memory is used again.
        this.#body?.push(part.length < this.#left ? part.slice() : part);
        this.#left -= part.length;
        at += part.length;
        if (this.#left === 0) this.#whole();
        continue;
      }
      const part = chunk.subarray(at, at + HEADER - this.#have);
      this.#header.set(part, this.#have);
      this.#have += part.length;
      at += part.length;
      if (this.#have === HEADER) this.#begin();
    }
  }

  #begin(): void {
    const [type] = this.#header as unknown as [number];
    this.#have = 0;
    this.#left = messageEnd(this.#header, 0) - HEADER;
    if (this.#left > mostBytes(type)) throw notTheProtocol();
    this.#body = type === Backend.copyData ? null : [];
    if (type === Backend.readyForQuery) this.#room = MOST_ANSWER_BYTES;
    else if (type !== Backend.copyData) this.#need(this.#left + MESSAGE_COST);
    if (this.#left === 0) this.#whole();
  }

  #whole(): void {
    if (this.#body === null) return;
    const parts = this.#body;
    this.#body = null;
    const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const type = this.#header[0]!;
    checkBody(type, body);
    if (type === Backend.dataRow) this.#need(int16(body, 0) * VALUE_COST);
  }

  #need(bytes: number): void {
    this.#room -= bytes;
    if (this.#room >= 0) return;
    const most = MOST_ANSWER_BYTES / MEGABYTE;
    throw new ServiceError(
      `Cannot read PostgreSQL's answer as it must fit in ${most} MB: the server sends more for one statement`,
      "Check that the URL leads to PostgreSQL and not to something else.",
    );
  }
}

/** @throws where a text or a value does not end within its message */
function checkBody(type: number, body: Uint8Array): void {
  const end = body.length;
  switch (type) {
    case Backend.error:
    case Backend.notice: {
      let at = 0;
      while (at < end && body[at] !== 0) at = zeroTerminated(body, at + 1, end).next;
      if (at >= end) throw notTheProtocol();
      break;
    }
    case Backend.dataRow: {
      let at = 2;
      if (end < 2) throw notTheProtocol();
      for (let count = int16(body, 0); count > 0; count--) {
        const length = at + 4 > end ? -2 : int32(body, at);
        if (length < -1) throw notTheProtocol();
        at += 4 + Math.max(length, 0);
      }
      if (at !== end) throw notTheProtocol();
      break;
    }
    case Backend.rowDescription: {
      let at = 2;
      if (end < 2) throw notTheProtocol();
      for (let count = int16(body, 0); count > 0; count--) at = zeroTerminated(body, at, end).next + 18;
      if (at > end) throw notTheProtocol();
      break;
    }
    case Backend.parameterStatus:
      zeroTerminated(body, zeroTerminated(body, 0, end).next, end);
      break;
    case Backend.notification:
      zeroTerminated(body, zeroTerminated(body, 4, end).next, end);
      break;
    case Backend.commandComplete:
      zeroTerminated(body, 0, end);
      break;
    case Backend.authentication:
      // The login is over: pg would begin it again, and give the password to whoever asks.
      if (end !== 4 || int32(body, 0) !== 0) throw notTheProtocol();
  }
}
