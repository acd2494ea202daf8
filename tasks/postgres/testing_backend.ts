import { Backend, MessageWriter } from "./wire.ts";

/** Messages of a server, each as its bytes. */
export const say = {
  authentication: (kind: number, content: string | Uint8Array = "") =>
    message(Backend.authentication, (writer) => {
      writer.int32(kind);
      return typeof content === "string" ? writer.text(content) : writer.raw(content);
    }),
  parameter: (name: string, value: string) =>
    message(Backend.parameterStatus, (writer) => writer.string(name).string(value)),
  key: () => message(Backend.backendKeyData, (writer) => writer.int32(7).int32(77)),
  ready: () => message(Backend.readyForQuery, (writer) => writer.text("I")),
  error: (text: string, severity = "ERROR", code = "XX000") =>
    message(
      Backend.error,
      (writer) =>
        writer.string(`S${severity}`).string(`V${severity}`).string(`C${code}`).string(`M${text}`).byte(0),
    ),
  notice: (text: string) =>
    message(Backend.notice, (writer) => writer.string("SNOTICE").string("C00000").string(`M${text}`).byte(0)),
  notification: () =>
    message(Backend.notification, (writer) => writer.int32(7).string("channel").string("payload")),
  columns: (names: readonly string[]) =>
    message(Backend.rowDescription, (writer) => {
      writer.int16(names.length);
      for (const name of names) {
        writer.string(name).int32(0).int16(0).int32(25).int16(-1).int32(-1).int16(0);
      }
      return writer;
    }),
  row: (values: readonly (string | null)[]) =>
    message(Backend.dataRow, (writer) => {
      writer.int16(values.length);
      for (const value of values) writer.value(value);
      return writer;
    }),
  complete: (tag: string) => message(Backend.commandComplete, (writer) => writer.string(tag)),
  empty: (type: number) => message(type, (writer) => writer),
} as const;

export function message(type: number, write: (writer: MessageWriter) => MessageWriter): Uint8Array {
  return write(new MessageWriter().begin(type)).end().bytes.slice();
}

/** A server that does as it is told. */
export interface Played {
  readonly port: number;
  /** All that clients have sent, in Latin-1. */
  received(): string;
  close(): Promise<void>;
}

/**
 * Plays a server on a free port.
 * @param play is given each connection; what it throws is none of the test's
 */
export function playServer(play: (connection: PlayedConnection) => Promise<void>): Played {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<PlayedConnection>();
  const accepting = (async () => {
    for await (const socket of listener) {
      const connection = new PlayedConnection(socket);
      open.add(connection);
      void play(connection).catch(() => {}).finally(() => connection.close());
    }
  })();
  return {
    port: listener.addr.port,
    received: () => [...open].map(({ heard }) => heard).join(""),
    async close() {
      listener.close();
      await accepting;
      for (const connection of open) connection.close();
    },
  };
}

/** One connection of a client's. */
export class PlayedConnection {
  heard = "";
  #open = true;

  constructor(readonly socket: Deno.TcpConn) {}

  /** Reads what the client says next, in whatever pieces. @throws at its end */
  async hear(): Promise<string> {
    const buffer = new Uint8Array(64 * 1024);
    const count = await this.socket.read(buffer);
    if (count === null) throw new Error("The client has closed the connection");
    const text = Array.from(buffer.subarray(0, count), (byte) => String.fromCharCode(byte)).join("");
    this.heard += text;
    return text;
  }

  /** Says some messages, in one piece. */
  async say(...messages: readonly Uint8Array[]): Promise<void> {
    const writer = new MessageWriter();
    for (const bytes of messages) writer.raw(bytes);
    for (let rest = writer.bytes; rest.length > 0;) rest = rest.subarray(await this.socket.write(rest));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.socket.close();
    } catch {
      // The client was first.
    }
  }
}
