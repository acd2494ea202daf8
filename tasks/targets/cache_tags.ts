import type { CacheBehaviour } from "../model/cache_settings.ts";
import { notRedis, type Reply } from "../redis/wire.ts";
import type { CacheKeys, Lookup } from "./cache_lookup.ts";
import { type Invalidated, Invalidations } from "./invalidations.ts";
import type { Call, Target } from "./target.ts";

/** A version outlives the entries that it outdates, also those whose load began before it. */
const LONGER_MS = 60_000;
const MOST_32_BITS = 2 ** 32 - 1;
/** So many questions of a tag are remembered to be asked anew, and of so many tags. */
const MOST_OF_A_TAG = 16;
const MOST_TAGS = 4096;
/** So many versions that could not be written are tried again with a write. */
const RETRIES = 16;

/** How long a tag's version is kept without being used, ms. */
export function tagLifeMs({ ttlSeconds, negativeSeconds, staleSeconds, jitter }: CacheBehaviour): number {
  return Math.ceil(1000 * ((1 + jitter) * Math.max(ttlSeconds, negativeSeconds) + staleSeconds)) + LONGER_MS;
}

export interface TagsOptions {
  readonly keys: CacheKeys;
  readonly behaviour: CacheBehaviour;
  readonly nowUs: () => number;
  readonly set: (key: string, version: number, done: (written: boolean) => void) => void;
  readonly refresh: (lookup: Lookup, version: number) => void;
}

/**
 * Outdates entries when what they say is written. An entry holds the version that its tag had before it was loaded; a write
 * that has succeeded gives its tags new versions, and is done when Redis has them: who asks after that gets no entry from
 * before. A version that Redis does not take is tried again with the next writes, and until then no entry of its tag is taken
 * here. A write through the cache then loads anew what was asked for of late under these tags.
 */
export class CacheTags {
  readonly #options: TagsOptions;
  /** What was asked for of late, by tag and key. */
  readonly #asked = new Map<string, Map<string, Lookup>>();
  /** Tags whose new version Redis has not, and until when entries from before may be there. */
  readonly #unwritten = new Map<string, number>();
  readonly #lifeMs: number;
  readonly #writesThrough: boolean;
  readonly #invalidations = new Invalidations();

  constructor(options: TagsOptions) {
    this.#options = options;
    this.#lifeMs = tagLifeMs(options.behaviour);
    this.#writesThrough = options.behaviour.strategy === "write-through";
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
    const retried = [...this.#unwritten.keys()].filter((tag) => !tags.includes(tag)).slice(0, RETRIES);
    for (const tag of retried) this.#set(tag, () => {});
    let left = tags.length;
    for (const tag of tags) {
      this.#set(tag, () => {
        if (--left > 0) return;
        // It is done when nobody is given what it has changed.
        if (call.outcome === "ok") call.doneUs = this.#options.nowUs();
        onDone();
      });
    }
  }

  #set(tag: string, done: () => void): void {
    const version = this.newVersion();
    this.#options.set(tag, version, (written) => {
      this.#unwritten.delete(tag);
      if (!written) this.#notWritten(tag);
      else {
        this.#invalidations.add(this.#options.nowUs());
        for (const lookup of this.#asked.get(tag)?.values() ?? []) this.#options.refresh(lookup, version);
      }
      done();
    });
  }

  /** Tags that writes gave new versions since the last time of asking. */
  invalidations(): readonly Invalidated[] {
    return this.#invalidations.take(this.#options.nowUs());
  }

  #notWritten(tag: string): void {
    const nowMs = performance.now();
    this.#unwritten.set(tag, nowMs + this.#lifeMs);
    for (const [oldest, untilMs] of this.#unwritten) {
      if (untilMs > nowMs) break;
      this.#unwritten.delete(oldest);
    }
  }

  /** Whether entries of a tag may be from before a write: Redis did not take its new version. */
  isUnwritten(tag: string): boolean {
    return this.#unwritten.has(tag);
  }

  /** Drawn at random, also between runs of one seed: one that is lost is not given again. */
  newVersion(): number {
    return Math.max(1, crypto.getRandomValues(new Uint32Array(1))[0]!);
  }
}

const decoder = new TextDecoder();

/** The version that an entry must have; null: the tag has none. An error where it cannot be told. */
export function versionOf(reply: Reply, stored: boolean): number | null | Error {
  if (stored && reply === null) return null;
  if (reply instanceof Error) return reply;
  if (!stored || !(reply instanceof Uint8Array)) return notRedis();
  const version = Number(decoder.decode(reply));
  const isVersion = Number.isInteger(version) && version > 0 && version <= MOST_32_BITS;
  return isVersion ? version : new Error("NOVERSION the key of a tag holds no version");
}
