import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Network } from "../net/channel.ts";
import type { Inbox } from "../net/inbox.ts";
import type { SessionChannel } from "./session_channel.ts";

/** A channel over a socket of node's, which can be taken back. */
export class NodeChannel implements SessionChannel {
  readonly inbox: Inbox;
  readonly certificate: Uint8Array | null;
  readonly socket: Duplex;
  readonly #network: Pick<Network, "turned">;
  #open = true;

  /** @param network hears of everything that happens here */
  constructor(
    socket: Duplex,
    inbox: Inbox,
    network: Pick<Network, "turned">,
    certificate: Uint8Array | null = null,
  ) {
    this.socket = socket;
    this.inbox = inbox;
    this.certificate = certificate;
    this.#network = network;
    socket.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onEnd).on(
      "error",
      this.#onError,
    );
  }

  send(bytes: Uint8Array, length: number): void {
    // A copy: the sender uses its buffer again, maybe before the socket has taken it.
    if (this.#open) this.socket.write(bytes.slice(0, length));
  }

  close(): void {
    this.#open = false;
    this.socket.destroy();
  }

  /** The socket as it was given, paused; what has arrived and was not read is in it again. */
  release(): Duplex {
    const { socket, inbox } = this;
    socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
    socket.pause();
    if (inbox.end > inbox.start) socket.unshift(inbox.bytes.slice(inbox.start, inbox.end));
    return socket;
  }

  readonly #onData = (chunk: Buffer) => {
    for (let at = 0; at < chunk.length && this.#open;) {
      const room = this.inbox.room();
      const part = chunk.subarray(at, at + room.length);
      room.set(part);
      at += part.length;
      this.inbox.arrived(part.length);
    }
    this.#network.turned();
  };

  readonly #onEnd = () => this.#end(null);

  /** Stays when the socket is released: an error without a listener would end the process. */
  readonly #onError = (error: Error) => this.#end(error);

  #end(error: Error | null): void {
    if (!this.#open) return;
    this.close();
    this.inbox.close(error);
    this.#network.turned();
  }
}
