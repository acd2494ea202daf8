import { connect, type NetConnectOpts } from "node:net";
import type { QueryConfig } from "pg";
import { connectClient } from "../postgres/client.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { readRedisOptions } from "../redis/connection.ts";
import type { Instance } from "../stack/services.ts";
import { endpointOf } from "../targets/http_request.ts";

/** A connection that does nothing: it breaks where its server does, and costs that nothing while it lives. */
export interface IdleConnection {
  /** Whether the server answers within some time; true also where it cannot be asked. */
  answers(limitMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** A service that can be connected to. */
export type Reached = Pick<Instance, "service" | "url">;

/** What pg says where its `query_timeout` is over. */
const READ_TIMEOUT = "Query read timeout";

/**
 * @param onLost called once, when it breaks
 * @throws {Error} where the server takes no connection within so many milliseconds
 */
export function openIdle(
  { service, url }: Reached,
  onLost: () => void,
  limitMs: number,
): Promise<IdleConnection> {
  let told = false;
  const lost = () => {
    if (told) return;
    told = true;
    onLost();
  };
  return service === "postgres"
    ? openSession(url, lost, limitMs)
    : openSocket(addressOf({ service, url }), lost, limitMs);
}

/** Where a service is found, as people write it; without user or password. */
export function placeOf({ service, url }: Reached): string {
  if (service === "postgres") return placeOfUrl(url).at;
  const { host, port, path } = addressOf({ service, url });
  return path ?? `${host!.includes(":") ? `[${host}]` : host}:${port}`;
}

function addressOf({ service, url }: Reached): { host?: string; port?: number; path?: string } {
  if (service === "graphql") {
    const { hostname, port } = endpointOf(url);
    return { host: hostname, port };
  }
  const { host, port, path } = readRedisOptions(url);
  return path === undefined ? { host, port } : { path };
}

async function openSession(url: string, lost: () => void, limitMs: number): Promise<IdleConnection> {
  const client = await connectClient(url, {
    applicationName: "benchbook-watch",
    connectTimeoutMs: limitMs,
  });
  client.on("error", lost);
  client.on("end", lost);
  return {
    // What else can go wrong with it breaks the connection, and is told by that.
    answers: (limitMs) =>
      client.query({ text: "", query_timeout: limitMs } as QueryConfig)
        .then(() => true, ({ message }: Error) => message !== READ_TIMEOUT),
    close: () => client.end().catch(() => {}),
  };
}

/** Nothing is sent over it, so that no service has to know whom it is with. */
function openSocket(
  address: ReturnType<typeof addressOf>,
  lost: () => void,
  limitMs: number,
): Promise<IdleConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect(address as NetConnectOpts);
    const timer = setTimeout(() => socket.destroy(new Error("no answer in time")), limitMs);
    socket.on("error", reject);
    socket.on("connect", () => {
      clearTimeout(timer);
      socket.on("close", lost);
      resolve({
        answers: () => Promise.resolve(true),
        close() {
          socket.destroy();
          return Promise.resolve();
        },
      });
    });
    socket.on("close", () => clearTimeout(timer));
    // What a server says before it hangs up is of no interest, and would keep its end from being seen.
    socket.resume();
  });
}
