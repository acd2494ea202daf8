import type { Channel, Network } from "../net/channel.ts";
import type { Inbox } from "../net/inbox.ts";

const encoder = new TextEncoder();

/** Drawn numbers, the same for the same seed (mulberry32). */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0, below `below`. */
  int(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let word = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    word = word + Math.imul(word ^ word >>> 7, 61 | word) ^ word;
    return Math.floor(((word ^ word >>> 14) >>> 0) / 2 ** 32 * below);
  }

  chance(share: number): boolean {
    return this.int(1000) < share * 1000;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(from.length)]!;
  }
}

/** Words that readers of protocols stumble over. */
const HOSTILE = [
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\0",
  "-1",
  "10000000000",
  "99999999999999999999",
  "0x10",
  "1e9",
  "NaN",
  "ffffffffffffffff",
  "[".repeat(3000),
  "$-1\r\n",
  "*3\r\n",
  "HTTP/1.1 200 OK\r\n",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  '"errors":[null]',
  "\ufeff",
  "\u{1f418}",
].map((text) => encoder.encode(text));

/** Changes some bytes: turned, left out, said twice, cut off, or with something hostile in between. */
export function mutated(bytes: Uint8Array, draws: Draws): Uint8Array {
  let whole = bytes;
  for (let times = 1 + draws.int(3); times > 0; times--) {
    const at = draws.int(whole.length + 1);
    const until = Math.min(whole.length, at + draws.int(20));
    switch (draws.int(6)) {
      case 0:
        whole = whole.slice();
        if (at < whole.length) whole[at] = draws.int(256);
        break;
      case 1:
        whole = joined(whole.subarray(0, at), whole.subarray(until));
        break;
      case 2:
        whole = joined(whole.subarray(0, until), whole.subarray(at));
        break;
      case 3:
        whole = whole.subarray(0, at);
        break;
      case 4:
        whole = joined(whole.subarray(0, at), draws.pick(HOSTILE), whole.subarray(until));
        break;
      case 5:
        whole = joined(whole.subarray(0, at), randomBytes(draws), whole.subarray(at));
    }
  }
  return whole;
}

function randomBytes(draws: Draws): Uint8Array {
  return Uint8Array.from({ length: draws.int(30) }, () => draws.int(256));
}

export function joined(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const all = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Any JSON value, of some depth. */
export function json(draws: Draws, depth = 4): unknown {
  switch (draws.int(depth === 0 ? 6 : 8)) {
    case 0:
      return null;
    case 1:
      return draws.chance(0.5);
    case 2:
      return draws.pick([0, -1, 4004, 1.5, 1e300]);
    case 3:
    case 4:
      return draws.pick(["", "no", "42P01", "\u001b[31m", "x".repeat(200), "\ud800", "漢字"]);
    case 5:
      return draws.pick([[], {}]);
    case 6:
      return Array.from({ length: draws.int(4) }, () => json(draws, depth - 1));
    default: {
      const keys = [
        "data",
        "errors",
        "extensions",
        "code",
        "errcode",
        "message",
        "one",
        "__proto__",
        "nodes",
      ];
      return Object.fromEntries(
        Array.from({ length: draws.int(5) }, () => [draws.pick(keys), json(draws, depth - 1)]),
      );
    }
  }
}

/** A server without sockets: tells what was sent on its newest channel, and gives it bytes in pieces. */
export class FuzzNetwork implements Network {
  /** Called with what was sent. */
  onSent: (bytes: Uint8Array, channel: FuzzChannel) => void = () => {};
  channel: FuzzChannel | null = null;
  /** What a reader threw: none may, whatever arrives. */
  readonly thrown: Error[] = [];
  opened = 0;

  connect(_address: unknown, inbox: Inbox): Promise<FuzzChannel> {
    this.opened++;
    return Promise.resolve(this.channel = new FuzzChannel(inbox, this));
  }

  handshake<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  elsewhere<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  outside<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  later(ms: number, work: () => void): () => void {
    // A lost connection is opened again soon; a limit of seconds is not reached here.
    if (ms > 1000) return () => {};
    const timer = setTimeout(work);
    return () => clearTimeout(timer);
  }

  turned(): void {}
}

export class FuzzChannel implements Channel {
  open = true;
  readonly #coming: Uint8Array[] = [];

  constructor(readonly inbox: Inbox, readonly network: FuzzNetwork) {}

  send(bytes: Uint8Array, length: number): void {
    this.network.onSent(bytes.slice(0, length), this);
  }

  close(): void {
    this.open = false;
  }

  /** Hands on bytes, cut anywhere, as a socket does: what is sent meanwhile is answered behind them. */
  arrive(bytes: Uint8Array, draws: Draws): void {
    this.#coming.push(bytes);
    if (this.#coming.length > 1) return;
    for (; this.#coming.length > 0; this.#coming.shift()) this.#handOn(this.#coming[0]!, draws);
  }

  #handOn(bytes: Uint8Array, draws: Draws): void {
    for (let at = 0; at < bytes.length && this.open;) {
      const room = this.inbox.room();
      const wanted = draws.pick([1, 2, 3, 16, 1000, 100_000]);
      const count = Math.min(room.length, bytes.length - at, wanted);
      room.set(bytes.subarray(at, at + count));
      at += count;
      const failure = this.inbox.arrived(count);
      if (failure === null) continue;
      this.network.thrown.push(failure);
      this.end(failure);
    }
  }

  end(error: Error | null = null): void {
    if (!this.open) return;
    this.open = false;
    this.inbox.close(error);
  }
}
