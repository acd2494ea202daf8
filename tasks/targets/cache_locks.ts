import type { Network } from "../net/channel.ts";
import type { OnReply } from "../redis/line.ts";
import { type Reply, writeCommand } from "../redis/wire.ts";
import type { CacheLock, Load, LoadedElsewhere } from "./cache_load.ts";

/** A lock that nobody renews is gone after so long: its loader has died or hangs. */
export const LOCK_MS = 1000;
/** How often it is renewed before that. */
const RENEWALS = 3;
/** How long it is waited before the next look, from the first one on. */
const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 20;
const WAIT_FACTOR = 1.5;

/** In one go, so that nobody else's is removed. */
const REMOVE_OWN =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/** What may come of asking for a lock. */
export interface OnLock {
  /** The load is this one's to make; also where no lock could be had, since then nothing is kept that others could wait for. */
  readonly acquired: () => void;
  /** It has been loaded by another meanwhile. */
  readonly elsewhere: (entry: LoadedElsewhere) => void;
  /** Of a load that nobody waits for: another makes it. */
  readonly busy: () => void;
}

export interface LocksOptions {
  readonly send: (command: Uint8Array, onReply: OnReply) => void;
  /** Looks whether there is an entry by now that serves a load. @param onFound null: there is none */
  readonly look: (load: Load, onFound: (entry: LoadedElsewhere | null) => void) => void;
  readonly keyOf: (load: Load) => string;
  /** A lock is among the keys that Redis holds for a while. */
  readonly stored: (key: string, ttlMs: number) => void;
  readonly refused: (error: Error) => void;
  readonly network: Network;
  /** After how long a lock is gone that nobody renews, ms. */
  readonly lockMs: number;
  /** Uniform in (0, 1]. */
  readonly random: () => number;
}

/**
 * One load of a key at a time over all threads and processes: who sets the key's lock loads, renews the lock meanwhile, stores
 * the entry and removes the lock; the others look for the entry again and again. A loader that dies or hangs renews nothing,
 * and after `LOCK_MS` another takes its place.
 *
 * The lock is asked for and the entry looked for in one go, in this order: who gets the lock sees the entry of the one who
 * had it before, since that was stored before the lock was removed.
 *
 * A key of somebody else's in its place would be waited for without an end: it is told, and loaded without a lock.
 */
export class CacheLocks {
  readonly #options: LocksOptions;
  /** Whether its role may run scripts, until it says no. */
  #scripts = true;

  constructor(options: LocksOptions) {
    this.#options = options;
  }

  acquire(load: Load, on: OnLock): void {
    this.#try(load, this.#options.keyOf(load), FIRST_WAIT_MS, on);
  }

  #try(load: Load, key: string, waitMs: number, on: OnLock): void {
    const { send, look, network, random, lockMs } = this.#options;
    const token = String(Math.floor(random() * 2 ** 52));
    let state: "acquired" | "busy" | "unknown" = "unknown";
    const beganMs = performance.now();
    send(writeCommand(["SET", key, token, "NX", "PX", String(lockMs)]), (reply) => {
      state = reply === "OK" ? "acquired" : reply === null ? "busy" : "unknown";
    });
    look(load, (entry) => {
      const lock = state === "acquired" ? this.#hold(key, token, beganMs) : null;
      if (load.over) return lock?.release();
      if (entry !== null) {
        lock?.release();
        return on.elsewhere(entry);
      }
      if (state !== "busy") {
        load.lock = lock;
        return on.acquired();
      }
      // Unless somebody has joined it meanwhile, whose entry is over: they wait as others do.
      if (load.background && load.waiting.size === 0) return on.busy();
      const nextMs = Math.min(LONGEST_WAIT_MS, waitMs * WAIT_FACTOR);
      this.#isOurs(key, (ours) => {
        if (load.over) return;
        if (!ours) return on.acquired();
        // Apart from each other, so that those who wait do not all ask at once.
        load.forget = network.later(waitMs * (0.5 + random()), () => this.#try(load, key, nextMs, on));
      });
    });
  }

  /** Whether a lock is of a loader, who renews it or is gone when it has run out; one that is gone by now is, too. */
  #isOurs(key: string, done: (ours: boolean) => void): void {
    const { send, refused, lockMs } = this.#options;
    let ours = true;
    send(writeCommand(["GET", key]), (reply, stored) => ours = isToken(reply, stored));
    send(writeCommand(["PTTL", key]), (reply) => {
      // A role that may not ask for it has the value alone to go by.
      if (typeof reply === "number" && (reply === -1 || reply > lockMs)) ours = false;
      if (!ours) refused(new Error(`LOCKED ${key} is no lock of a loader`));
      done(ours);
    });
  }

  #hold(key: string, token: string, beganMs: number): CacheLock {
    const { send, network, stored, lockMs } = this.#options;
    const renewMs = lockMs / RENEWALS;
    let sureUntilMs = beganMs + lockMs - renewMs;
    let forget = () => {};
    stored(key, lockMs);
    const renew = () => {
      const nowMs = performance.now();
      // What may be another's by now is not renewed: it expires.
      if (nowMs > sureUntilMs) return;
      send(writeCommand(["SET", key, token, "XX", "PX", String(lockMs)]), (reply) => {
        if (reply === "OK") sureUntilMs = nowMs + lockMs - renewMs;
      });
      forget = network.later(renewMs, renew);
    };
    forget = network.later(renewMs, renew);
    return {
      release: () => {
        forget();
        this.#release(key, token, () => performance.now() < sureUntilMs);
      },
    };
  }

  /** Removes a lock that still has this loader's token: one that ran out may be another's by now. */
  #release(key: string, token: string, isSure: () => boolean): void {
    const { send } = this.#options;
    // Nobody else can have it yet.
    const removeSure = () => {
      if (isSure()) send(writeCommand(["DEL", key]), () => {});
    };
    if (!this.#scripts) return removeSure();
    send(writeCommand(["EVAL", REMOVE_OWN, "1", key, token]), (reply) => {
      if (!(reply instanceof Error) || !/^NOPERM|unknown command/i.test(reply.message)) return;
      this.#scripts = false;
      removeSure();
    });
  }
}

const decoder = new TextDecoder();

function isToken(reply: Reply, stored: boolean): boolean {
  if (reply instanceof Error) return !/^WRONGTYPE /.test(reply.message);
  return !stored || !(reply instanceof Uint8Array) || /^\d{1,16}$/.test(decoder.decode(reply));
}
