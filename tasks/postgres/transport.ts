import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { PgOptions, PgTls } from "./options.ts";
import type { Channel, Network } from "../net/channel.ts";
import type { Inbox } from "../net/inbox.ts";
import { closeQuietly, openSocket, RuntimeChannel, type Transport } from "../net/runtime_channel.ts";
import { connectionLost } from "./wire.ts";

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);
const SSL_YES = "S".charCodeAt(0);
/** What TLS from the first byte on has to announce. */
const PROTOCOL_NAME = "postgresql";

/**
 * Opens the way to the server: TCP or a Unix socket, with TLS where the options say so.
 * @param network opens what needs no TLS; with TLS it is Deno's event loop that waits
 * @param signal closes it, also half-way
 * @throws the system's error.
 */
export async function openChannel(
  options: PgOptions,
  inbox: Inbox,
  network: Network,
  signal: AbortSignal,
): Promise<Channel> {
  const { host, port, tls } = options;
  const onUnixSocket = host.startsWith("/");
  if (tls !== null && onUnixSocket) throw new Error("a Unix socket has no TLS");
  if (tls !== null) return new RuntimeChannel(await openTls(options, tls, signal), inbox, network);
  return await network.connect(
    onUnixSocket ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
    inbox,
    signal,
  );
}

async function openTls({ host, port }: PgOptions, options: PgTls, signal: AbortSignal): Promise<Transport> {
  let current: { close(): void } | null = null;
  const close = () => closeQuietly(current);
  signal.addEventListener("abort", close);
  try {
    // Deno's own TLS costs a quarter less than node's on the measured path, but cannot do all of it.
    if (!options.verify || options.cert !== undefined || options.key !== undefined) {
      return await NodeTlsTransport.open(host, port, options, (opened) => current = opened);
    }
    const socket = await openSocket({ host, port }, signal) as Deno.TcpConn;
    current = socket;
    if (!options.direct) await requestTls(socket);
    const secured = current = await Deno.startTls(socket, {
      hostname: host,
      caCerts: options.ca === undefined ? [] : [options.ca],
      alpnProtocols: options.direct ? [PROTOCOL_NAME] : undefined,
      unsafelyDisableHostnameVerification: !options.verifyHost,
    });
    await secured.handshake();
    return secured;
  } catch (error) {
    close();
    throw error;
  } finally {
    if (signal.aborted) close();
  }
}

async function requestTls(socket: Transport): Promise<void> {
  await socket.write(SSL_REQUEST);
  // One byte and no more: what follows it unencrypted is not the server's.
  const answer = new Uint8Array(1);
  if (await socket.read(answer) === null) throw connectionLost();
  if (answer[0] !== SSL_YES) throw new Error("the server does not support TLS");
}

/** TLS as Deno has it not: with a certificate of the client, or without verification. */
class NodeTlsTransport implements Transport {
  #rest: Uint8Array | null = null;
  #ended = false;
  #error: Error | null = null;
  #wake = () => {};

  private constructor(readonly socket: Duplex) {
    socket.on("readable", () => this.#wake());
    socket.on("end", () => this.#end(null));
    socket.on("close", () => this.#end(null));
    socket.on("error", (error: Error) => this.#end(error));
  }

  static async open(
    host: string,
    port: number,
    options: PgTls,
    onOpen: (transport: Transport) => void,
  ): Promise<Transport> {
    const socket = net.connect({ host, port, noDelay: true, keepAlive: true });
    const plain = new NodeTlsTransport(socket);
    onOpen(plain);
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    if (!options.direct) await requestTls(plain);
    socket.removeAllListeners("readable");
    const { ca, cert, key, verify, verifyHost } = options;
    const secured = tls.connect({
      socket,
      ca,
      cert,
      key,
      rejectUnauthorized: verify,
      ...(net.isIP(host) === 0 ? { servername: host } : { host }),
      ...(verifyHost ? {} : { checkServerIdentity: () => undefined }),
      ...(options.direct ? { ALPNProtocols: [PROTOCOL_NAME] } : {}),
    });
    const transport = new NodeTlsTransport(secured);
    onOpen(transport);
    await new Promise((resolve, reject) => secured.once("secureConnect", resolve).once("error", reject));
    return transport;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const chunk = this.#rest ?? this.socket.read() as Uint8Array | null;
      if (chunk !== null) {
        const count = Math.min(chunk.length, into.length);
        into.set(chunk.subarray(0, count));
        this.#rest = count < chunk.length ? chunk.subarray(count) : null;
        return count;
      }
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      // A copy: the caller's buffer may change before the socket has taken it.
      this.socket.write(bytes.slice(), (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #end(error: Error | null): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake();
  }
}
