import { Buffer } from "node:buffer";
import { addAbortListener } from "node:events";

/**
 * The client half of ZMTP 3.0 with the NULL mechanism (https://rfc.zeromq.org/spec/23/): as much of ZeroMQ
 * as a Jupyter client needs. Written here because `npm:zeromq` hangs under Deno: its poll handle fires once.
 */

/** A frame as it travels: a command of the protocol, or a part of a message. */
export interface ZmtpFrame {
  readonly command: boolean;
  /** More parts of the same message follow. */
  readonly more: boolean;
  readonly body: Uint8Array;
}

const MORE = 1;
const LONG = 2;
const COMMAND = 4;
const GREETING_BYTES = 64;
/** No output of a notebook is as large; a larger announcement means that the stream is out of step. */
const MAX_FRAME_BYTES = 2 ** 30;

/** The bytes of frames one after another. */
export function encodeFrames(frames: readonly ZmtpFrame[]): Uint8Array {
  const total = frames.reduce((sum, { body }) => sum + body.length + (body.length > 255 ? 9 : 2), 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { command, more, body } of frames) {
    const long = body.length > 255;
    bytes[at++] = (command ? COMMAND : 0) | (long ? LONG : 0) | (more ? MORE : 0);
    if (long) {
      view.setBigUint64(at, BigInt(body.length));
      at += 8;
    } else {
      bytes[at++] = body.length;
    }
    bytes.set(body, at);
    at += body.length;
  }
  return bytes;
}

/** The bytes of one message of one or more parts. */
export function encodeMessage(parts: readonly Uint8Array[]): Uint8Array {
  return encodeFrames(parts.map((body, i) => ({ command: false, more: i < parts.length - 1, body })));
}

/** Turns a byte stream, cut anywhere, into frames. */
export class FrameDecoder {
  // Chunks are joined only when a frame is complete: joining at each chunk is quadratic in the frame's size.
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #wanted = 2;

  /**
   * Takes the next bytes of the stream and returns the frames that they complete.
   * @throws {Error} when the bytes cannot be frames.
   */
  push(chunk: Uint8Array): ZmtpFrame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: ZmtpFrame[] = [];
    while (this.#bytes >= this.#wanted) {
      const joined = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      const frame = this.#parse(joined);
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  #parse(bytes: Uint8Array): ZmtpFrame | undefined {
    const flags = bytes[0]!;
    if ((flags & ~(MORE | LONG | COMMAND)) !== 0) {
      throw new Error(`Cannot read a ZMTP frame as its flags must be 0 to 7: they are ${flags}`);
    }
    const header = (flags & LONG) === 0 ? 2 : 9;
    this.#chunks = [bytes];
    if (bytes.length < header) {
      this.#wanted = header;
      return undefined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = header === 2 ? bytes[1]! : Number(view.getBigUint64(1));
    if (length > MAX_FRAME_BYTES) {
      throw new Error(`Cannot read a ZMTP frame of more than ${MAX_FRAME_BYTES} bytes: it has ${length}`);
    }
    if (bytes.length < header + length) {
      this.#wanted = header + length;
      return undefined;
    }
    const rest = bytes.subarray(header + length);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    this.#wanted = 2;
    return {
      command: (flags & COMMAND) !== 0,
      more: (flags & MORE) !== 0,
      body: new Uint8Array(bytes.subarray(header, header + length)),
    };
  }
}

/** The greeting that opens every connection: signature, version 3.0, mechanism NULL, as client. */
export function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(new TextEncoder().encode("NULL"), 12);
  return bytes;
}

/** The READY command of the NULL handshake. */
export function readyFrame(socketType: string): ZmtpFrame {
  const encoder = new TextEncoder();
  const property = (name: string, value: string): Uint8Array[] => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, value.length);
    return [Uint8Array.of(name.length), encoder.encode(name), length, encoder.encode(value)];
  };
  const parts = [
    Uint8Array.of(5),
    encoder.encode("READY"),
    ...property("Socket-Type", socketType),
    ...property("Identity", ""),
  ];
  return { command: true, more: false, body: Buffer.concat(parts) };
}

/** A connected DEALER (ask and be answered) or SUB (listen; subscribed to everything) socket. */
export class ZmtpSocket {
  readonly #connection: Deno.Conn;
  readonly #decoder = new FrameDecoder();
  #messages: Uint8Array[][] = [];
  #parts: Uint8Array[] = [];
  #sending: Promise<void> = Promise.resolve();
  readonly #buffer = new Uint8Array(64 * 1024);

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /**
   * Connects and shakes hands, for as long as it takes: `signal` gives up, by an error.
   * @throws {Deno.errors.ConnectionRefused} when nothing listens yet.
   * @throws {Error} when the other end does not speak ZMTP 3 with NULL.
   */
  static async connect(port: number, type: "DEALER" | "SUB", signal?: AbortSignal): Promise<ZmtpSocket> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const socket = new ZmtpSocket(connection);
    using _givingUp = signal && addAbortListener(signal, () => socket.close());
    try {
      signal?.throwIfAborted();
      connection.setNoDelay(true);
      await socket.#write(greeting());
      await socket.#readGreeting();
      await socket.#write(encodeFrames([readyFrame(type)]));
      // In ZMTP 3.0 a subscription is a message: a byte 1 and the prefix, here empty: everything.
      if (type === "SUB") await socket.#write(encodeMessage([Uint8Array.of(1)]));
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Sends one message; messages sent at once go out whole, in the order of the calls. */
  send(parts: readonly Uint8Array[]): Promise<void> {
    const bytes = encodeMessage(parts);
    const sent = this.#sending.then(() => this.#write(bytes));
    this.#sending = sent.catch(() => {});
    return sent;
  }

  /** The next message's parts, or null when the other end or `close` has ended the connection. */
  async receive(): Promise<Uint8Array[] | null> {
    while (this.#messages.length === 0) {
      const chunk = await this.#read();
      if (chunk === null) return null;
      for (const frame of this.#decoder.push(chunk)) this.#accept(frame);
    }
    return this.#messages.shift()!;
  }

  close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  #accept(frame: ZmtpFrame): void {
    if (frame.command) {
      // READY needs no answer; the only other command that the NULL mechanism knows is ERROR.
      const name = new TextDecoder().decode(frame.body.subarray(1, 1 + (frame.body[0] ?? 0)));
      if (name === "ERROR") {
        const reason = new TextDecoder().decode(frame.body.subarray(7));
        throw new Error(`Cannot connect as the other end must accept us: it answered "${reason}"`);
      }
      return;
    }
    this.#parts.push(frame.body);
    if (!frame.more) {
      this.#messages.push(this.#parts);
      this.#parts = [];
    }
  }

  async #readGreeting(): Promise<void> {
    let bytes = Buffer.alloc(0);
    while (bytes.length < GREETING_BYTES) {
      const chunk = await this.#read();
      if (chunk === null) throw new Error("Cannot read a ZMTP greeting of 64 bytes: the connection ended");
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes[0] !== 0xff) throw new Error("Cannot read a ZMTP greeting: the other end speaks otherwise");
    }
    const mechanism = new TextDecoder().decode(bytes.subarray(12, 32)).replace(/\0+$/, "");
    if (bytes[10]! < 3 || mechanism !== "NULL") {
      throw new Error(
        `Cannot speak with a ZMTP end that must be version 3 with NULL: it is ${bytes[10]}, ${mechanism}`,
      );
    }
    for (const frame of this.#decoder.push(bytes.slice(GREETING_BYTES))) this.#accept(frame);
  }

  async #read(): Promise<Uint8Array | null> {
    try {
      const n = await this.#connection.read(this.#buffer);
      return n === null ? null : this.#buffer.slice(0, n);
    } catch (error) {
      // A killed kernel resets its connections, and our own close interrupts a pending read.
      if (
        error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
        error instanceof Deno.errors.ConnectionReset
      ) return null;
      throw error;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) at += await this.#connection.write(bytes.subarray(at));
  }
}
