/** Where requests go, and what each of them carries. */
export interface HttpEndpoint {
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  /** Path and query. */
  readonly path: string;
  /** Header lines of every request, without Host, Content-Length and Content-Type. */
  readonly headers: Readonly<Record<string, string>>;
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
/** A body has less than a billion bytes, and at least one. */
const LENGTH_DIGITS = 9;
/** CR LF CR LF */
const END_OF_HEAD = 4;
const [ZERO, SPACE] = [48, 32];

/** Writes requests that post JSON to one endpoint, one after the other into a buffer that is used again and again. */
export class PostWriter {
  readonly #bodyAt: number;
  #bytes: Uint8Array;
  #length = 0;

  constructor(endpoint: HttpEndpoint) {
    this.#bytes = encoder.encode(`${requestHead(endpoint)}${" ".repeat(LENGTH_DIGITS)}\r\n\r\n`);
    this.#bodyAt = this.#bytes.length;
  }

  /** The request is its first `length` bytes. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Writes the body's length and the body behind the head, which stays. */
  write(body: string): this {
    // UTF-8 takes at most three bytes for one unit of UTF-16.
    const needed = this.#bodyAt + body.length * 3;
    if (this.#bytes.length < needed) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.#bytes.subarray(0, this.#bodyAt));
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    const { written } = encoder.encodeInto(body, bytes.subarray(this.#bodyAt));
    // Right-aligned in the room that the head leaves: the body's place does not depend on its length.
    let rest = written;
    for (let at = this.#bodyAt - END_OF_HEAD - 1, digits = 0; digits < LENGTH_DIGITS; at--, digits++) {
      bytes[at] = rest > 0 ? ZERO + rest % 10 : SPACE;
      rest = Math.floor(rest / 10);
    }
    this.#length = this.#bodyAt + written;
    return this;
  }
}

/** What every request to an endpoint begins with, up to the number of its body's bytes. */
function requestHead({ hostname, port, path, headers }: HttpEndpoint): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n` +
    `Content-Type: application/json\r\nAccept: application/graphql-response+json, application/json\r\n` +
    `${extra}Content-Length: `;
}
