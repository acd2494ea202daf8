import type { CacheBehaviour } from "../model/cache_settings.ts";
import type { Reply } from "../redis/wire.ts";
import type { CacheKeys, Lookup } from "./cache_lookup.ts";
import type { Call, Target } from "./target.ts";

/** A version outlives the entries that it outdates, also those whose load began before it. */
const LONGER_MS = 60_000;
const MOST_32_BITS = 2 ** 32 - 1;
/** So many questions of a tag are remembered to be asked anew, and of so many tags. */
const MOST_OF_A_TAG = 16;
const MOST_TAGS = 4096;

export interface TagsOptions {
  readonly keys: CacheKeys;
  readonly behaviour: CacheBehaviour;
  readonly nowUs: () => number;
  /** Uniform in (0, 1]. */
  readonly random: () => number;
  readonly set: (key: string, version: number, lifeMs: number, done: () => void) => void;
  readonly refresh: (lookup: Lookup, version: number) => void;
}

/**
 * Outdates entries when what they say is written. An entry holds the version that its tag had before it was loaded; a write
 * that has succeeded gives its tags new versions, and is done when Redis has them: who asks after that gets no entry from
 * before. A write through the cache then loads anew what was asked for of late under these tags.
 */
export class CacheTags {
  readonly #options: TagsOptions;
  /** What was asked for of late, by tag and key. */
  readonly #asked = new Map<string, Map<string, Lookup>>();
  readonly #lifeMs: number;
  readonly #writesThrough: boolean;

  constructor(options: TagsOptions) {
    this.#options = options;
    const { strategy, ttlSeconds, negativeSeconds, staleSeconds, jitter } = options.behaviour;
    this.#lifeMs = Math.ceil(1000 * ((1 + jitter) * Math.max(ttlSeconds, negativeSeconds) + staleSeconds)) +
      LONGER_MS;
    this.#writesThrough = strategy === "write-through";
  }

  /** What is asked for is what a write through the cache has to load anew. */
  asked(lookup: Lookup): void {
    if (!this.#writesThrough) return;
    const tag = lookup.tagKey!;
    let of = this.#asked.get(tag);
    if (of === undefined) {
      if (this.#asked.size >= MOST_TAGS) this.#asked.delete(this.#asked.keys().next().value!);
      this.#asked.set(tag, of = new Map());
    }
    of.delete(lookup.key);
    of.set(lookup.key, lookup);
    if (of.size > MOST_OF_A_TAG) of.delete(of.keys().next().value!);
  }

  /** Runs what goes past the cache. */
  run(call: Call, target: Target): void {
    const tags = call.statement.write ? this.#options.keys.outdatedBy(call) : [];
    if (tags.length > 0) {
      const { onDone } = call;
      call.onDone = () => this.#written(call, tags, onDone);
    }
    target.run(call);
  }

  #written(call: Call, tags: readonly string[], onDone: () => void): void {
    // What the server refused has changed nothing; of what was given up nobody knows.
    if (call.outcome === "failed") return onDone();
    const { random, set, refresh, nowUs } = this.#options;
    const version = 1 + Math.floor((1 - random()) * (MOST_32_BITS - 1));
    let left = tags.length;
    for (const tag of tags) {
      set(tag, version, this.#lifeMs, () => {
        for (const lookup of this.#asked.get(tag)?.values() ?? []) refresh(lookup, version);
        if (--left > 0) return;
        // It is done when nobody is given what it has changed.
        if (call.outcome === "ok") call.doneUs = nowUs();
        onDone();
      });
    }
  }
}

const decoder = new TextDecoder();

/** The version that an entry must have; 0: none was given. */
export function versionOf(reply: Reply, stored: boolean): number {
  if (!stored || !(reply instanceof Uint8Array)) return 0;
  const version = Number(decoder.decode(reply));
  // What is no version outdates all.
  return Number.isInteger(version) && version > 0 && version <= MOST_32_BITS ? version : NaN;
}
