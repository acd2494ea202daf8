import { Buffer } from "node:buffer";
import { Backend, Frontend, HEADER } from "../../../postgres/wire.ts";

/** Takes a connection's bytes apart into messages of PostgreSQL's protocol 3.0. */
export class MessageReader {
  readonly #connection: Deno.Conn;
  #bytes = new Uint8Array(65_536);
  #start = 0;
  #end = 0;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /**
   * The next message, header and all; null at the end.
   * @param first whether it is a session's first one, which has no type
   */
  async next(first = false): Promise<Uint8Array | null> {
    const header = first ? HEADER - 1 : HEADER;
    if (!await this.#have(header)) return null;
    const length = this.#view().getUint32(first ? 0 : 1) + (first ? 0 : 1);
    if (!await this.#have(length)) return null;
    const message = this.#bytes.slice(this.#start, this.#start + length);
    this.#start += length;
    return message;
  }

  #view(): DataView {
    return new DataView(this.#bytes.buffer, this.#start);
  }

  async #have(count: number): Promise<boolean> {
    while (this.#end - this.#start < count) {
      if (this.#bytes.length - this.#start < count) {
        const larger = new Uint8Array(Math.max(this.#bytes.length, count * 2));
        larger.set(this.#bytes.subarray(this.#start, this.#end));
        this.#end -= this.#start;
        this.#start = 0;
        this.#bytes = larger;
      }
      const read = await this.#connection.read(this.#bytes.subarray(this.#end));
      if (read === null) return false;
      this.#end += read;
    }
    return true;
  }
}

/** Writes all of it. */
export async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** A statement as the simple protocol sends it. */
export function simpleQuery(text: string): Uint8Array {
  const body = new TextEncoder().encode(`${text}\0`);
  const message = new Uint8Array(HEADER + body.length);
  message[0] = Frontend.query;
  new DataView(message.buffer).setUint32(1, 4 + body.length);
  message.set(body, HEADER);
  return message;
}

/** Whether the server waits for the client's word before it goes on: a password, or a step of SASL. */
export function asksForPassword(message: Uint8Array): boolean {
  if (message[0] !== Backend.authentication) return false;
  const kind = new DataView(message.buffer, message.byteOffset).getUint32(HEADER);
  return kind !== 0 && kind !== 12;
}

/** A value of a statement: text, or bytes of the type's binary form. */
export type BoundValue = string | Buffer | null;

/** Reads the fields of one message. */
class Fields {
  readonly #bytes: Buffer;
  #at = HEADER;

  constructor(message: Uint8Array) {
    this.#bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  }

  string(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  bytes(): Buffer | null {
    const length = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** The name and the text of a statement that is prepared. */
export function readParse(message: Uint8Array): { readonly name: string; readonly text: string } {
  const fields = new Fields(message);
  return { name: fields.string(), text: fields.string() };
}

/** The statement that is executed, and its values. */
export function readBind(
  message: Uint8Array,
): { readonly name: string; readonly values: readonly BoundValue[] } {
  const fields = new Fields(message);
  fields.string();
  const name = fields.string();
  const formats = Array.from({ length: fields.int16() }, () => fields.int16());
  const values = Array.from({ length: fields.int16() }, (_, at) => {
    const bytes = fields.bytes();
    // One format stands for all values.
    const isBinary = (formats.length === 1 ? formats[0] : formats[at]) === 1;
    return bytes === null || isBinary ? bytes : bytes.toString("utf8");
  });
  return { name, values };
}
