import type { Inbox } from "./inbox.ts";

/** A stream of bytes to a server and back. What arrives lands in its inbox. */
export interface Channel {
  readonly inbox: Inbox;
  /**
   * Sends the first `length` bytes of a buffer, in one piece where the system takes it; the buffer may be used
   * again at once. A failure ends the channel, and its inbox is told.
   */
  send(bytes: Uint8Array, length: number): void;
  /** Ends it at once, without a word to its inbox. */
  close(): void;
}

/** Where a channel leads: to a port of a host, by name or address, or to a Unix socket. */
export type Address =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** What opens channels. */
export interface Network {
  /** @param signal gives the opening up @throws the system's error */
  connect(address: Address, inbox: Inbox, signal: AbortSignal): Promise<Channel>;
  /**
   * Does what waits by promises for channels of this network and for nothing else: a loop of its own goes on
   * meanwhile, and nobody else has to wait longer.
   */
  handshake<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Does what other threads of Deno's do, as looking up a name: a loop of its own goes on meanwhile, and sees up to
   * 50 ms late that it is done.
   */
  elsewhere<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Does what waits for Deno's event loop: a loop of its own lets that one through all the time until it is done,
   * and is late for everything else meanwhile. Not while anything is measured.
   */
  outside<T>(work: () => Promise<T>): Promise<T>;
  /** Does some work in so many milliseconds. @returns what takes that back */
  later(ms: number, work: () => void): () => void;
  /** Told by a channel of Deno's event loop that something has happened on it. */
  turned(): void;
}
