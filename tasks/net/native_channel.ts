import { Buffer } from "node:buffer";
import type { Channel } from "./channel.ts";
import type { Inbox } from "./inbox.ts";
import { AGAIN, INTERRUPTED, lastError, type Libc, Linux, systemError } from "./libc.ts";

const { epoll, message } = Linux;

/** What a loop does for a socket. */
export interface SocketWatch {
  /** Whether it wants to know when the socket takes bytes again. @throws the system's error */
  wantsWrite(channel: NativeChannel, wants: boolean): void;
  /** Forgets the socket and closes it. */
  drop(channel: NativeChannel): void;
}

/** A socket of a native loop; the loop says when it may read or write. */
export class NativeChannel implements Channel {
  readonly inbox: Inbox;
  readonly fd: number;
  readonly #libc: Libc;
  readonly #watch: SocketWatch;
  /** What the system did not take yet. */
  #unsent: Uint8Array | null = null;
  #open = true;

  constructor(fd: number, inbox: Inbox, libc: Libc, watch: SocketWatch) {
    this.fd = fd;
    this.inbox = inbox;
    this.#libc = libc;
    this.#watch = watch;
  }

  send(bytes: Uint8Array, length: number): void {
    if (!this.#open) return;
    if (this.#unsent !== null) {
      this.#unsent = Buffer.concat([this.#unsent, bytes.subarray(0, length)]);
      return;
    }
    const taken = this.#libc.send(this.fd, bytes, BigInt(length), message.noSignal);
    if (taken === length) return;
    if (taken < 0 && !this.#passing()) return;
    this.#unsent = bytes.slice(Math.max(0, taken), length);
    this.#wantWrite(true);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#unsent = null;
    this.#watch.drop(this);
  }

  /** The loop's word that something can be done. @param flags of epoll */
  ready(flags: number): void {
    if (flags & epoll.out) this.#sendRest();
    // An end or an error shows itself in reading.
    if (this.#open && flags & ~epoll.out) this.#receive();
  }

  #receive(): void {
    const room = this.inbox.room();
    const count = this.#libc.recv(this.fd, room, BigInt(room.length), 0);
    if (count > 0) {
      const failure = this.inbox.arrived(count);
      return failure === null ? undefined : this.#end(failure);
    }
    if (count === 0) return this.#end(null);
    this.#passing();
  }

  #sendRest(): void {
    const rest = this.#unsent;
    if (rest === null) return;
    const taken = this.#libc.send(this.fd, rest, BigInt(rest.length), message.noSignal);
    if (taken < 0) return void this.#passing();
    this.#unsent = taken < rest.length ? rest.subarray(taken) : null;
    if (this.#unsent === null) this.#wantWrite(false);
  }

  /** A socket that is not watched would wait for ever. */
  #wantWrite(wants: boolean): void {
    try {
      this.#watch.wantsWrite(this, wants);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  /** Whether the last call failed only for now; else the channel ends by its error. */
  #passing(): boolean {
    const error = lastError(this.#libc);
    if (error === AGAIN || error === INTERRUPTED) return true;
    this.#end(systemError(error));
    return false;
  }

  #end(error: Error | null): void {
    this.close();
    this.inbox.close(error);
  }
}
