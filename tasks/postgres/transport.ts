import { once } from "node:events";
import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { Channel, Network } from "../net/channel.ts";
import type { Inbox } from "../net/inbox.ts";
import {
  closedBy,
  closeQuietly,
  openSocket,
  RuntimeChannel,
  type Transport,
} from "../net/runtime_channel.ts";
import { NodeChannel } from "./node_channel.ts";
import type { PgOptions } from "./options.ts";
import type { SessionChannel } from "./session_channel.ts";
import type { PgTls, Way } from "./tls_options.ts";
import { connectionLost } from "./wire.ts";

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);
const SSL_YES = "S".charCodeAt(0);
const SSL_NO = "N".charCodeAt(0);
/** What TLS from the first byte on has to announce. */
const PROTOCOL_NAME = "postgresql";

/** TLS could not be agreed upon: the server has none, or what it shows is not believed. */
export class TlsError extends Error {
  override readonly name = "TlsError";
  readonly code: string | undefined;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.code = (cause as { code?: string } | undefined)?.code;
  }
}

/**
 * Opens the way to the server that what is measured goes.
 * @param network opens what needs no TLS; with TLS it is Deno's event loop that waits
 * @param signal closes it, also half-way
 * @throws {TlsError} when TLS fails; else the system's error.
 */
export async function openChannel(
  options: PgOptions,
  way: Way,
  inbox: Inbox,
  network: Network,
  signal: AbortSignal,
): Promise<SessionChannel> {
  const { host, port, tls, channelBinding } = options;
  if (way === "plain") {
    return await network.connect(
      host.startsWith("/") ? { path: socketPath(options) } : { host, port },
      inbox,
      signal,
    );
  }
  // Deno's own TLS costs a quarter less than node's on the measured path, but it adds authorities to the public
  // ones where others are wanted instead of them, always verifies, and does not show the server's certificate.
  const publicAuthorities = tls!.verify && tls!.ca === undefined && tls!.verifyHost;
  if (publicAuthorities && tls!.cert === undefined && channelBinding !== "require") {
    return await openDenoTls(options, tls!, inbox, network, signal);
  }
  return await openNodeChannel(options, way, inbox, network, signal);
}

/** The same over a socket of node's, as pg wants it. @throws as `openChannel` */
export async function openNodeChannel(
  options: PgOptions,
  way: Way,
  inbox: Inbox,
  network: Pick<Network, "turned">,
  signal: AbortSignal,
): Promise<NodeChannel> {
  signal.throwIfAborted();
  const { host, port } = options;
  const socket = net.connect(
    host.startsWith("/") ? { path: socketPath(options) } : { host, port, noDelay: true, keepAlive: true },
  );
  let secured: tls.TLSSocket | null = null;
  const close = () => {
    secured?.destroy();
    socket.destroy();
  };
  return await closedBy(signal, close, async () => {
    await happened(socket, "connect");
    if (way === "plain") return new NodeChannel(socket, inbox, network);
    const { direct } = options.tls!;
    if (!direct) await requestTls(nodeTransport(socket));
    if (socket.readableLength > 0) {
      throw connectionLost("the server has said something unencrypted before TLS");
    }
    secured = secure(socket, host, options.tls!);
    await happened(secured, "secureConnect").catch((error) => {
      throw tlsFailed(error);
    });
    if (direct && secured.alpnProtocol !== PROTOCOL_NAME) throw notAnnounced();
    return new NodeChannel(secured, inbox, network, secured.getPeerCertificate()?.raw ?? null);
  });
}

function secure(socket: Duplex, host: string, options: PgTls): tls.TLSSocket {
  const { ca, cert, key, passphrase, verify, verifyHost, direct } = options;
  return tls.connect({
    socket,
    ca: ca === undefined ? undefined : [...ca],
    cert,
    key,
    passphrase,
    rejectUnauthorized: verify,
    ...(net.isIP(host) === 0 ? { servername: host } : { host }),
    ...(verifyHost ? {} : { checkServerIdentity: () => undefined }),
    ...(direct ? { ALPNProtocols: [PROTOCOL_NAME] } : {}),
  });
}

async function openDenoTls(
  { host, port }: PgOptions,
  { direct }: PgTls,
  inbox: Inbox,
  network: Network,
  signal: AbortSignal,
): Promise<Channel> {
  let current: { close(): void } | null = null;
  return await closedBy(signal, () => closeQuietly(current), async () => {
    const socket = await openSocket({ host, port }, signal) as Deno.TcpConn;
    current = socket;
    if (!direct) await requestTls(socket);
    const secured = current = await Deno.startTls(socket, {
      hostname: host,
      alpnProtocols: direct ? [PROTOCOL_NAME] : undefined,
    });
    const { alpnProtocol } = await secured.handshake().catch((error) => {
      throw tlsFailed(error);
    });
    if (direct && alpnProtocol !== PROTOCOL_NAME) throw notAnnounced();
    return new RuntimeChannel(secured, inbox, network);
  });
}

/** @throws {TlsError} when the server has no TLS */
async function requestTls(socket: Pick<Transport, "read" | "write">): Promise<void> {
  await socket.write(SSL_REQUEST);
  // One byte and no more: what follows it unencrypted is not the server's.
  const answer = new Uint8Array(1);
  if (await socket.read(answer) === null) throw connectionLost();
  if (answer[0] === SSL_NO) throw new TlsError("the server does not support TLS");
  if (answer[0] !== SSL_YES) throw connectionLost("the server's answer is not PostgreSQL's protocol");
}

/** Reads what one wants of a socket that is not flowing. */
function nodeTransport(socket: Duplex): Pick<Transport, "read" | "write"> {
  return {
    async read(into) {
      for (;;) {
        const chunk = socket.read(into.length) as Uint8Array | null;
        if (chunk !== null) {
          into.set(chunk);
          return chunk.length;
        }
        if (socket.readableEnded || socket.destroyed) return null;
        await happened(socket, "readable", "end", "close");
      }
    },
    write: (bytes) =>
      new Promise((resolve, reject) =>
        socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length))
      ),
  };
}

/** Waits for one of these. @throws the socket's error, or that it was closed */
async function happened(socket: Duplex, ...events: readonly string[]): Promise<void> {
  // One stays for what comes later: an error without a listener would end the process.
  socket.on("error", () => {});
  const over = new AbortController();
  const until = (event: string) => once(socket, event, { signal: over.signal });
  const closed = until("close").then(() => {
    throw connectionLost();
  });
  try {
    await Promise.race([...events.map(until), closed]);
  } finally {
    over.abort();
  }
}

function socketPath({ host, port }: PgOptions): string {
  return `${host}/.s.PGSQL.${port}`;
}

function tlsFailed(error: Error): TlsError {
  return error instanceof TlsError ? error : new TlsError(error.message, error);
}

function notAnnounced(): TlsError {
  return new TlsError("the server does not announce PostgreSQL's protocol (ALPN)");
}
