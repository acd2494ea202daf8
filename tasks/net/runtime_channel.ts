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
  #open = true;

  constructor(transport: Transport, readonly inbox: Inbox) {
    this.#transport = transport;
    void this.#receive();
  }

  send(bytes: Uint8Array, length: number): void {
    this.#write(length === bytes.length ? bytes : bytes.subarray(0, length));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeQuietly(this.#transport);
  }

  /** Chained and not awaited: on the measured path each turn through an async function costs. */
  #write(bytes: Uint8Array): void {
    this.#transport.write(bytes).then(
      (count) => {
        if (count < bytes.length && this.#open) this.#write(bytes.subarray(count));
      },
      (error) => this.#end(error),
    );
  }

  /** A read is always pending: so a connection that ends while idle is known to be lost before it is used. */
  async #receive(): Promise<void> {
    try {
      for (;;) {
        const count = await this.#transport.read(this.inbox.room());
        if (count === null) break;
        if (!this.#open) return;
        this.inbox.arrived(count);
      }
      this.#end(null);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error | null): void {
    if (!this.#open) return;
    this.close();
    this.inbox.close(error);
  }
}

/** Deno's own sockets. */
export const runtimeNetwork: Network = {
  async connect(address, inbox, signal) {
    return new RuntimeChannel(await openSocket(address, signal), inbox);
  },
  outside: (work) => work(),
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

/** Closes what may have been closed from the other side. */
export function closeQuietly(closable: { close(): void } | null): void {
  try {
    closable?.close();
  } catch {
    // It is closed, which was wanted.
  }
}
