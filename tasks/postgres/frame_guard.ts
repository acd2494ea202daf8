import { Buffer } from "node:buffer";
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

/**
 * Looks at messages before pg sees them. pg keeps what a length claims, and looks for the end of a text beyond its
 * message, for ever where there is none: a server could have all memory, or all time.
 */
export class FrameGuard {
  readonly #header = new Uint8Array(HEADER);
  /** Bytes of a header that came in pieces. */
  #have = 0;
  /** Bytes of the present message that are still to come. */
  #left = 0;
  /** What has come of its body where that is looked at; null where it is not. */
  #body: Uint8Array[] | null = null;

  /** @throws when a message is longer than any of its type can be, or what is in it does not end in it */
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
    if (this.#left === 0) this.#whole();
  }

  #whole(): void {
    if (this.#body === null) return;
    const parts = this.#body;
    this.#body = null;
    const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    checkBody(this.#header[0]!, body);
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
