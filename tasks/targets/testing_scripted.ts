/** What a scripted server sends for one request. */
export interface Script {
  /** Sent one after the other, each in a packet of its own as far as the system lets it. */
  readonly parts: readonly (string | Uint8Array)[];
  /** Hangs up behind it. */
  readonly close?: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/**
 * A server on a free port that sends what it is told for each request, whatever that is.
 * @param lengthOf bytes of the first whole request at the start of a text (one character a byte); 0 where there is none
 * @param answer null: nothing is said
 */
export async function withScripted<T>(
  lengthOf: (text: string) => number,
  answer: (request: string, connection: number) => Script | null,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let count = 0;
  const serve = async (connection: Deno.TcpConn, nth: number) => {
    connection.setNoDelay(true);
    const buffer = new Uint8Array(65536);
    let text = "";
    for (let read; (read = await connection.read(buffer)) !== null;) {
      text += decoder.decode(buffer.subarray(0, read));
      for (let length; (length = lengthOf(text)) > 0;) {
        const script = answer(text.slice(0, length), nth);
        text = text.slice(length);
        for (const part of script?.parts ?? []) {
          const bytes = typeof part === "string" ? encoder.encode(part) : part;
          for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
        }
        if (script?.close) return;
      }
    }
  };
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      void serve(connection, count++).catch(() => {}).finally(() => {
        if (open.delete(connection)) connection.close();
      });
    }
  })();
  try {
    return await use(listener.addr.port);
  } finally {
    listener.close();
    await serving;
    for (const connection of open) {
      open.delete(connection);
      connection.close();
    }
  }
}

/** Of a request with Content-Length. */
export function httpLength(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const [, body = "0"] = /^content-length:\s*(\d+)/im.exec(text.slice(0, head)) ?? [];
  const length = head + 4 + Number(body);
  return text.length < length ? 0 : length;
}

/** Of a command of Redis: an array of texts. */
export function redisLength(text: string): number {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return 0;
  let at = head.length;
  for (let word = 0; word < Number(count); word++) {
    const [size, bytes] = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20)) ?? [];
    if (size === undefined) return 0;
    at += size.length + Number(bytes) + 2;
  }
  return text.length < at ? 0 : at;
}

/** An answer of HTTP with this body. */
export function httpAnswer(body: string | Uint8Array, status = "200 OK", headers = ""): Script {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  return { parts: [`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`, bytes] };
}

/** Of PostgreSQL's first message, which has no type, or of all up to a Sync. */
export function pgLength(text: string): number {
  const int32 = (at: number) =>
    [0, 1, 2, 3].reduce((value, byte) => value * 256 + text.charCodeAt(at + byte), 0);
  if (text.charCodeAt(0) === 0) return text.length >= 4 && text.length >= int32(0) ? int32(0) : 0;
  for (let at = 0; text.length >= at + 5;) {
    const type = text[at];
    at += 1 + int32(at + 1);
    if (type === "S" && text.length >= at) return at;
  }
  return 0;
}
