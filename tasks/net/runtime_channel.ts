import { addAbortListener } from "node:events";
import type { Address, Channel, Network } from "./channel.ts";
import type { Inbox } from "./inbox.ts";

/** Where bytes come from and go to, by Deno's event loop. `Deno.Conn` is one. */
export interface Transport {
  /** Resolves with the number of bytes read, null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Resolves with the number of bytes taken, which may be fewer than given. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** A channel over a transport. */
export class RuntimeChannel implements Channel {
  readonly #transport: Transport;
  readonly #network: Pick<Network, "turned">;
  /** What waits for the write under way; null where there is none. */
  #queued: Uint8Array[] | null = null;
  #open = true;

  /** @param network hears of everything that happens here */
  constructor(transport: Transport, readonly inbox: Inbox, network: Pick<Network, "turned">) {
    this.#transport = transport;
    this.#network = network;
    void this.#receive();
  }

  send(bytes: Uint8Array, length: number): void {
    // A copy: the sender uses its buffer again, maybe before the system has taken all of it.
    const part = bytes.slice(0, length);
    if (this.#queued !== null) this.#queued.push(part);
    else this.#write(part);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeQuietly(this.#transport);
  }

  /** Chained and not awaited: on the measured path each turn through an async function costs. */
  #write(bytes: Uint8Array): void {
    this.#queued ??= [];
    this.#transport.write(bytes).then(
      (count) => {
        const rest = count < bytes.length ? bytes.subarray(count) : this.#queued!.shift();
        if (rest === undefined) this.#queued = null;
        else if (this.#open) this.#write(rest);
      },
      (error) => this.#end(error),
    );
  }

  /** A read is always pending: so a connection that ends while idle is known to be lost before it is used. */
  async #receive(): Promise<void> {
    for (;;) {
      let count: number | null;
      try {
        count = await this.#transport.read(this.inbox.room());
      } catch (error) {
        return this.#end(error as Error);
      }
      if (!this.#open) return;
      if (count === null) return this.#end(null);
      const failure = this.inbox.arrived(count);
      if (failure !== null) return this.#tell(failure);
      this.#network.turned();
    }
  }

  #end(error: Error | null): void {
    if (this.#open) this.#tell(error);
  }

  #tell(error: Error | null): void {
    this.close();
    this.inbox.close(error);
    this.#network.turned();
  }
}

/** Deno's own sockets. */
export const runtimeNetwork: Network = {
  async connect(address, inbox, signal) {
    return new RuntimeChannel(await openSocket(address, signal), inbox, runtimeNetwork);
  },
  handshake: (work) => work(),
  elsewhere: (work) => work(),
  outside: (work) => work(),
  later(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  turned: () => {},
};

/** @throws the system's error. */
export async function openSocket(
  address: Address,
  signal: AbortSignal,
): Promise<Deno.TcpConn | Deno.UnixConn> {
  if ("path" in address) return await Deno.connect({ transport: "unix", path: address.path });
  const socket = await Deno.connect({ hostname: address.host, port: address.port, signal });
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  return socket;
}

/** A channel with TLS, whose certificate must be the host's. @throws the system's error, or that of the handshake */
export async function openTls(
  address: { readonly host: string; readonly port: number },
  inbox: Inbox,
  signal: AbortSignal,
  network: Pick<Network, "turned">,
): Promise<Channel> {
  let current: { close(): void } | null = null;
  return await closedBy(signal, () => closeQuietly(current), async () => {
    const socket = current = await openSocket(address, signal) as Deno.TcpConn;
    const secured = current = await Deno.startTls(socket, { hostname: address.host });
    await secured.handshake();
    return new RuntimeChannel(secured, inbox, network);
  });
}

/**
 * Opens something that is closed where opening fails, and as soon as the signal is given while it is opened.
 * @throws the signal's reason, where that is why it failed
 */
export async function closedBy<T>(
  signal: AbortSignal,
  close: () => void,
  open: () => Promise<T>,
): Promise<T> {
  using _closing = addAbortListener(signal, close);
  try {
    return await open();
  } catch (error) {
    close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    if (signal.aborted) close();
  }
}

/** Closes what may have been closed from the other side. */
export function closeQuietly(closable: { close(): void } | null): void {
  try {
    closable?.close();
  } catch {
    // It is closed, which was wanted.
  }
}
