import type { Network } from "../net/channel.ts";
import { type Cancel, requestCancel } from "../postgres/cancel.ts";
import type { PgOptions } from "../postgres/options.ts";

/** Requests to cancel at once: each is a connection, and a process at the server. */
const AT_ONCE = 4;
/** A server that does not take one within this time, or end what is cancelled, has other sorrows. */
export const CANCEL_MS = 1000;

/** One that waits, or is under way. */
interface PendingCancel {
  readonly cancel: Cancel;
  /** Called once: the server has been told, with null; or it could not be. */
  readonly done: (error: Error | null) => void;
}

/** Asks a server to cancel statements, a few at a time. */
export class Cancels {
  readonly #options: PgOptions;
  readonly #network: Network;
  readonly #limitMs: number;
  readonly #waiting: PendingCancel[] = [];
  #underWay = 0;

  /** @param limitMs how long the server may take to be told of one */
  constructor(options: PgOptions, network: Network, limitMs = CANCEL_MS) {
    this.#options = options;
    this.#network = network;
    this.#limitMs = limitMs;
  }

  /** @returns takes it back; false where it is too late for that, and `done` is to be waited for */
  ask(cancel: Cancel, done: (error: Error | null) => void): () => boolean {
    const pending = { cancel, done };
    this.#waiting.push(pending);
    this.#next();
    return () => {
      const at = this.#waiting.indexOf(pending);
      if (at >= 0) this.#waiting.splice(at, 1);
      return at >= 0;
    };
  }

  #next(): void {
    if (this.#underWay >= AT_ONCE) return;
    const pending = this.#waiting.shift();
    if (pending === undefined) return;
    this.#underWay++;
    const end = (error: Error | null) => {
      this.#underWay--;
      this.#next();
      pending.done(error);
    };
    requestCancel(this.#options, pending.cancel, this.#limitMs, this.#network).then(() => end(null), end);
  }
}
