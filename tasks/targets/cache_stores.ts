import type { CacheBehaviour } from "../model/cache_settings.ts";
import type { OnReply } from "../redis/line.ts";
import { notRedis, writeBinaryCommand, writeCommand } from "../redis/wire.ts";
import type { Entries } from "./cache_entries.ts";
import { sealEntry } from "./cache_entry_header.ts";
import type { StoredKeys } from "./cache_keys.ts";
import type { Load } from "./cache_load.ts";
import { tagLifeMs, versionOf } from "./cache_tags.ts";
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
  readonly #tagLifeMs: number;
  /** Kept only where Redis would not list them. */
  #stored: StoredKeys | null;
  #slowestLoadUs = 0;

  constructor(options: StoresOptions) {
    this.#options = options;
    this.#stored = options.stored;
    this.#tagLifeMs = tagLifeMs(options.behaviour);
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

  /** The longest that what was stored took to load since the last time of asking; 0: nothing was. */
  slowestLoadUs(): number {
    const slowest = this.#slowestLoadUs;
    this.#slowestLoadUs = 0;
    return slowest;
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
    const loadUs = Math.max(0, Math.round(storedUs - beganUs));
    this.#slowestLoadUs = Math.max(this.#slowestLoadUs, loadUs);
    const head = {
      storedUs,
      loadUs,
      ttlMs,
      rows: call.rows,
      tag,
      negative,
    };
    const bytes = sealEntry(head, entries.textOf(answer), lookup.entryHash, compressAbove);
    this.#set(writeBinaryCommand(["SET", lookup.key, bytes, "PX", String(keptMs)]), () => {});
    this.note(lookup.key, keptMs);
    if (lookup.tagKey === null) return;
    // A version that goes before its entries would take them with it.
    this.#options.send(writeCommand(["PEXPIRE", lookup.tagKey, String(this.#tagLifeMs)]), () => {});
    this.note(lookup.tagKey, this.#tagLifeMs);
  }

  /** Sets the version that entries must have from now on. */
  setTag(key: string, version: number, done: (written: boolean) => void): void {
    const command = writeCommand(["SET", key, String(version), "PX", String(this.#tagLifeMs)]);
    this.#set(command, done, (error) => new Error(`TAG ${error.message}`));
    this.note(key, this.#tagLifeMs);
  }

  /** Gives a tag that has no version one, if nobody else has by now. @param done null: it has none all the same */
  beginTag(key: string, version: number, done: (version: number | null) => void): void {
    const { send, refused } = this.#options;
    send(writeCommand(["SET", key, String(version), "NX", "PX", String(this.#tagLifeMs)]), (reply) => {
      if (reply instanceof Error) refused(reply);
    });
    this.note(key, this.#tagLifeMs);
    send(writeCommand(["GET", key]), (reply, stored) => {
      const now = versionOf(reply, stored);
      done(typeof now === "number" ? now : null);
    });
  }

  #set(
    command: Uint8Array,
    done: (written: boolean) => void,
    refusal: (error: Error) => Error = (error) => error,
  ): void {
    this.#options.send(command, (reply, stored) => {
      const written = reply === "OK" && !stored;
      if (!written) {
        this.#options.refused(refusal(reply instanceof Error ? reply : notRedis()));
        if (!(reply instanceof Error)) this.#options.distrust(notRedis());
      }
      done(written);
    });
  }
}
