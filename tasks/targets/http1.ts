/**
 * HTTP/1.1 over one kept-alive connection, one request at a time, written straight to the socket: on the
 * measured path fetch costs three to four times as much client CPU a request, and hides when a
 * connection was acquired and when the request went out.
 */
export interface HttpEndpoint {
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  /** Path and query. */
  readonly path: string;
  /** Header lines of every request, without Host, Content-Length and Content-Type. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: Uint8Array;
  /** All bytes received, headers included. */
  readonly bytes: number;
}

export function endpointOf(url: string, headers: Readonly<Record<string, string>> = {}): HttpEndpoint {
  const { protocol, hostname, port, pathname, search, username, password } = new URL(url);
  const tls = protocol === "https:";
  const authorization: Record<string, string> = username === "" ? {} : {
    Authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`,
  };
  return {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (tls ? 443 : 80) : Number(port),
    tls,
    path: pathname + search,
    headers: { ...authorization, ...headers },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const INITIAL_BUFFER = 64 * 1024;

export class HttpConnection {
  readonly #endpoint: HttpEndpoint;
  readonly #head: string;
  #connection: Deno.Conn | null = null;
  #buffer = new Uint8Array(INITIAL_BUFFER);
  #length = 0;

  constructor(endpoint: HttpEndpoint) {
    this.#endpoint = endpoint;
    const host = endpoint.hostname.includes(":") ? `[${endpoint.hostname}]` : endpoint.hostname;
    const extra = Object.entries(endpoint.headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    this.#head = `POST ${endpoint.path} HTTP/1.1\r\nHost: ${host}:${endpoint.port}\r\n` +
      `Content-Type: application/json\r\nAccept: application/graphql-response+json, application/json\r\n` +
      `${extra}Content-Length: `;
  }

  get open(): boolean {
    return this.#connection !== null;
  }

  async connect(): Promise<void> {
    const { hostname, port, tls } = this.#endpoint;
    const connection = tls
      ? await Deno.connectTls({ hostname, port })
      : await Deno.connect({ hostname, port });
    if ("setNoDelay" in connection) connection.setNoDelay(true);
    this.#connection = connection;
    this.#length = 0;
  }

  /** Ends the connection; a request under way fails. */
  close(): void {
    try {
      this.#connection?.close();
    } catch {
      // It was closed by the other side already.
    }
    this.#connection = null;
  }

  /**
   * Posts a JSON body and reads the whole answer.
   * @param onSent called when the request was handed to the kernel's socket.
   * @throws when the connection breaks or the answer is not HTTP; the connection is closed then.
   */
  async post(body: string, onSent: () => void): Promise<HttpResponse> {
    const connection = this.#connection!;
    try {
      const payload = encoder.encode(body);
      const head = encoder.encode(`${this.#head}${payload.length}\r\n\r\n`);
      const request = new Uint8Array(head.length + payload.length);
      request.set(head);
      request.set(payload, head.length);
      onSent();
      for (let at = 0; at < request.length;) at += await connection.write(request.subarray(at));
      return await this.#receive(connection);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #receive(connection: Deno.Conn): Promise<HttpResponse> {
    this.#length = 0;
    let headEnd = -1;
    while ((headEnd = findHeadEnd(this.#buffer, this.#length)) < 0) await this.#fill(connection);
    const head = decoder.decode(this.#buffer.subarray(0, headEnd));
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(status)) throw new Error("the answer is not HTTP/1.1");
    const bodyStart = headEnd + 4;
    const lastOnConnection = /\r\nconnection:\s*close/i.test(head);
    let response: HttpResponse;
    const length = /\r\ncontent-length:\s*(\d+)/i.exec(head)?.[1];
    if (/\r\ntransfer-encoding:[^\r]*chunked/i.test(head)) {
      response = await this.#receiveChunked(connection, status, bodyStart);
    } else if (length !== undefined) {
      const end = bodyStart + Number(length);
      while (this.#length < end) await this.#fill(connection);
      response = { status, body: this.#buffer.slice(bodyStart, end), bytes: end };
    } else {
      while (await this.#more(connection));
      response = { status, body: this.#buffer.slice(bodyStart, this.#length), bytes: this.#length };
      this.close();
    }
    if (lastOnConnection) this.close();
    return response;
  }

  async #receiveChunked(connection: Deno.Conn, status: number, start: number): Promise<HttpResponse> {
    const parts: Uint8Array[] = [];
    let at = start;
    while (true) {
      let lineEnd: number;
      while ((lineEnd = findLineEnd(this.#buffer, at, this.#length)) < 0) await this.#fill(connection);
      const size = parseInt(decoder.decode(this.#buffer.subarray(at, lineEnd)), 16);
      if (Number.isNaN(size)) throw new Error("a chunk of the answer has no size");
      const end = lineEnd + 2 + size;
      while (this.#length < end + 2) await this.#fill(connection);
      if (size === 0) return { status, body: joined(parts), bytes: end + 2 };
      parts.push(this.#buffer.slice(lineEnd + 2, end));
      at = end + 2;
    }
  }

  async #fill(connection: Deno.Conn): Promise<void> {
    if (!await this.#more(connection)) {
      throw Object.assign(new Error("the server closed the connection"), { code: "ECONNRESET" });
    }
  }

  async #more(connection: Deno.Conn): Promise<boolean> {
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const read = await connection.read(this.#buffer.subarray(this.#length));
    if (read === null) return false;
    this.#length += read;
    return true;
  }
}

function findHeadEnd(buffer: Uint8Array, length: number): number {
  for (let at = 3; at < length; at++) {
    if (buffer[at] === 10 && buffer[at - 1] === 13 && buffer[at - 2] === 10 && buffer[at - 3] === 13) {
      return at - 3;
    }
  }
  return -1;
}

function findLineEnd(buffer: Uint8Array, from: number, length: number): number {
  for (let at = from; at + 1 < length; at++) {
    if (buffer[at] === 13 && buffer[at + 1] === 10) return at;
  }
  return -1;
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
