import { HEADER, messageEnd, mostBytes, notTheProtocol } from "./wire.ts";

/** Looks at the lengths of messages as they pass, without keeping them: whoever keeps them must not be made to keep anything. */
export class FrameGuard {
  readonly #header = new Uint8Array(HEADER);
  /** Bytes of a header that came in pieces. */
  #have = 0;
  /** Bytes of the present message that are still to come. */
  #left = 0;

  /** @throws when a message is longer than any of its type can be */
  pass(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      const part = chunk.subarray(at, at + HEADER - this.#have);
      this.#header.set(part, this.#have);
      this.#have += part.length;
      at += part.length;
      if (this.#have < HEADER) return;
      this.#have = 0;
      this.#left = messageEnd(this.#header, 0) - HEADER;
      if (this.#left > mostBytes(this.#header[0]!)) throw notTheProtocol();
    }
  }
}
