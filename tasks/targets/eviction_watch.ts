import { type Reply, writeCommand } from "../redis/wire.ts";

/** At the latest after so many stores, or so long since the last look, it is looked again before the next one. */
const LOOK_STORES = 32;
const LOOK_MS = 250;

const decoder = new TextDecoder();

function textOf(reply: Reply): string {
  return reply instanceof Uint8Array ? decoder.decode(reply) : String(reply);
}

type Send = (command: Uint8Array, onReply: (reply: Reply) => void) => void;

/**
 * Watches whether a Redis that others use too evicts keys while a run stores into it: those that go may be theirs, so
 * the first one ends the storing. A look is one INFO on the connection that stores.
 */
export class EvictionWatch {
  readonly #send: Send;
  readonly #tell: (what: Error) => void;
  readonly #nowMs: () => number;
  #evictedBefore: number | null = null;
  #stores = 0;
  #lookedMs = -Infinity;
  #stopped = false;

  /** @param tell is told once: that keys were evicted, or that it cannot be known */
  constructor(send: Send, tell: (what: Error) => void, nowMs: () => number = Date.now) {
    this.#send = send;
    this.#tell = tell;
    this.#nowMs = nowMs;
  }

  /** Whether nothing may be stored any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Before the first store and before each of the next. */
  beforeStore(): void {
    const now = this.#nowMs();
    if (this.#stores++ % LOOK_STORES !== 0 && now - this.#lookedMs < LOOK_MS) return;
    this.look(now);
  }

  look(now = this.#nowMs()): void {
    this.#lookedMs = now;
    this.#send(writeCommand(["INFO", "stats"]), (reply) => this.#take(reply));
  }

  #take(reply: Reply): void {
    if (this.#stopped) return;
    const [, digits] = /^evicted_keys:(\d+)/m.exec(textOf(reply)) ?? [];
    if (reply instanceof Error || digits === undefined) {
      // Where the connection is lost the next look tells.
      if (/^NOPERM|unknown command/i.test(String((reply as Error | null)?.message))) {
        this.#tell(new Error("UNWATCHED it does not allow INFO"));
      }
      return;
    }
    const evicted = Number(digits);
    const before = this.#evictedBefore ??= evicted;
    // Less than before: it was started anew, or somebody has reset its counters.
    if (evicted < before) this.#evictedBefore = evicted;
    if (evicted <= before) return;
    this.#stopped = true;
    this.#tell(new Error(`EVICTED ${evicted - before} keys while the run stored into it`));
  }
}
