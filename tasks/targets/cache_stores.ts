import type { CacheBehaviour } from "../model/cache_settings.ts";
import type { OnReply } from "../redis/line.ts";
import { notRedis, writeBinaryCommand, writeCommand } from "../redis/wire.ts";
import type { Entries } from "./cache_entries.ts";
import { sealEntry } from "./cache_entry_header.ts";
import type { StoredKeys } from "./cache_keys.ts";
import type { Load } from "./cache_load.ts";
import type { EvictionWatch } from "./eviction_watch.ts";

export interface StoresOptions {
  readonly send: (command: Uint8Array, onReply: OnReply) => void;
  readonly behaviour: CacheBehaviour;
  readonly entries: Entries;
  readonly clockUs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly evictions: EvictionWatch | null;
  readonly stored: StoredKeys;
  readonly refused: (error: Error) => void;
  readonly distrust: (error: Error) => void;
}

/** Puts keys into Redis, each with an end. */
export class CacheStores {
  readonly #options: StoresOptions;
  /** Kept only where Redis would not list them. */
  #stored: StoredKeys | null;

  constructor(options: StoresOptions) {
    this.#options = options;
    this.#stored = options.stored;
  }

  /** There is a connection. */
  opened(): void {
    this.#options.evictions?.look();
    // A role that may list keys is told that this is no cursor, and nothing is listed.
    this.#options.send(writeCommand(["SCAN", "no-cursor"]), (listing) => {
      if (listing instanceof Error && /invalid cursor/i.test(listing.message)) this.#stored = null;
    });
  }

  /** Whether anything is stored: not after keys of others were evicted. */
  get going(): boolean {
    return !(this.#options.evictions?.stopped ?? false);
  }

  /** What is stored and would not be listed. */
  keys(): string[] {
    return this.#stored?.list() ?? [];
  }

  note(key: string, ttlMs: number): void {
    this.#stored?.add(key, Date.now(), ttlMs);
  }

  store({ lookup, call, tag, beganUs }: Load, answer: unknown): void {
    const { evictions, behaviour, entries, clockUs, random } = this.#options;
    evictions?.beforeStore();
    if (evictions?.stopped) return;
    const { strategy, ttlSeconds, negativeSeconds, staleSeconds, jitter, compressAbove } = behaviour;
    const negative = entries.isEmpty(answer, lookup.statement);
    const seconds = negative && negativeSeconds > 0 ? negativeSeconds : ttlSeconds;
    const ttlMs = Math.max(1, Math.round(seconds * 1000 * (1 + jitter * (2 * random() - 1))));
    const keptMs = ttlMs + (strategy === "stale-while-revalidate" ? Math.round(staleSeconds * 1000) : 0);
    const storedUs = clockUs();
    const head = {
      storedUs,
      loadUs: Math.max(0, Math.round(storedUs - beganUs)),
      ttlMs,
      rows: call.rows,
      tag,
      negative,
    };
    const bytes = sealEntry(head, entries.textOf(answer), lookup.entryHash, compressAbove);
    this.#set(writeBinaryCommand(["SET", lookup.key, bytes, "PX", String(keptMs)]), () => {});
    this.note(lookup.key, keptMs);
  }

  /** Sets the version that entries must have from now on. */
  setTag(key: string, version: number, lifeMs: number, done: () => void): void {
    this.#set(writeCommand(["SET", key, String(version), "PX", String(lifeMs)]), done);
    this.note(key, lifeMs);
  }

  #set(command: Uint8Array, done: () => void): void {
    this.#options.send(command, (reply, stored) => {
      if (reply !== "OK" || stored) {
        this.#options.refused(reply instanceof Error ? reply : notRedis());
        if (!(reply instanceof Error)) this.#options.distrust(notRedis());
      }
      done();
    });
  }
}
