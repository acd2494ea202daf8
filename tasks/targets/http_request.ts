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

/** What every request to an endpoint begins with, up to the number of its body's bytes. */
export function requestHead({ hostname, port, path, headers }: HttpEndpoint): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n` +
    `Content-Type: application/json\r\nAccept: application/graphql-response+json, application/json\r\n` +
    `${extra}Content-Length: `;
}
