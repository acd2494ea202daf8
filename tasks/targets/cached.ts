import { ServiceError } from "../model/errors.ts";
import { monotonicUs } from "../net/clock.ts";
import { readRedisOptions, RedisConnection } from "../redis/connection.ts";
import { notRedis, type Reply, writeCommand } from "../redis/wire.ts";
import { EntryReader } from "./cache_entry_header.ts";
import { type Freshness, freshnessOf } from "./cache_freshness.ts";
import type { Load, LoadedElsewhere } from "./cache_load.ts";
import type { Lookup } from "./cache_lookup.ts";
import { type CachedTargetOptions, type CacheParts, cacheParts } from "./cache_parts.ts";
import { versionOf } from "./cache_tags.ts";
import type { Invalidated } from "./invalidations.ts";
import type { CacheRefusal } from "./refusals.ts";
import { type Call, complete, type Target, type TargetGate } from "./target.ts";

/**
 * A cache before any other target: read from Redis; on a miss ask the target, answer, and then store what it answered with a
 * TTL; never an error. When it answers, loads and stores beyond that is its strategy. Several misses of one key at a time
 * become one question (single flight), which is given up when nobody waits for it any more. Writes go straight to the target.
 * A Redis that fails, or does not answer, is stepped around and recorded as `bypass`; what is no entry of this key is loaded
 * and stored anew.
 */
export class CachedTarget implements Target {
  readonly #options: CachedTargetOptions;
  readonly #target: Target;
  readonly #redis: RedisConnection;
  readonly #reader = new EntryReader();
  readonly #parts: CacheParts;
  readonly #off: boolean;
  readonly #clockUs: () => number;
  /** The question to the cache that was written last. */
  #last: { readonly call: Call; readonly lookup: Lookup } | null = null;

  /** @param target what it stands before: opened and closed with it */
  constructor(target: Target, options: CachedTargetOptions) {
    this.#target = target;
    this.#options = options;
    this.#off = options.behaviour.strategy === "none";
    this.#clockUs = options.clockUs ?? monotonicUs;
    this.#redis = new RedisConnection(readRedisOptions(options.redisUrl), options.network, { raw: true });
    this.#parts = cacheParts(target, this.#redis, options, (load, onFound) => this.#look(load, onFound));
  }

  async open(): Promise<void> {
    await this.#target.open();
    if (this.#off) return;
    try {
      await this.#redis.connect();
      this.#parts.stores.opened();
    } catch (error) {
      await this.#target.close();
      throw new ServiceError(`Cannot reach Redis: ${(error as Error).message}`, "Check that it runs.", {
        cause: error,
      });
    }
  }

  prepare(call: Call): void {
    if (this.#off || passesCache(call)) this.#target.prepare?.(call);
    if (!passesCache(call)) this.#lookupOf(call);
  }

  run(call: Call): void {
    if (passesCache(call)) return this.#parts.tags.run(call, this.#target);
    const lookup = this.#lookupOf(call);
    call.keyHash = lookup.keyHash;
    if (this.#off) {
      call.loaded = true;
      return this.#target.run(call);
    }
    call.loaded = false;
    call.acquiredUs = call.sentUs = this.#options.nowUs();
    // There is nothing to take back: what arrives for it later is passed over.
    call.abort = () => call.onDone();
    this.#parts.stalls.asked();
    if (lookup.tagKey !== null) return this.#runTagged(call, lookup, lookup.tagKey);
    this.#redis.send(
      lookup.command,
      (reply, stored, bytes) => this.#found(call, lookup, 0, reply, stored, bytes),
    );
  }

  /** Where writes outdate entries: the version of now first, so that an entry that fits it was not outdated before. */
  #runTagged(call: Call, lookup: Lookup, tagKey: string): void {
    const { tags, loads } = this.#parts;
    tags.asked(lookup);
    if (tags.isUnwritten(tagKey)) {
      call.cache = "miss";
      return loads.answer(call, lookup, 0, false);
    }
    let tag: number | null | Error = null;
    this.#askTag(tagKey, (version) => tag = version);
    this.#redis.send(lookup.command, (reply, stored, bytes) => {
      if (typeof tag === "number") this.#found(call, lookup, tag, reply, stored, bytes);
      else this.#withoutVersion(call, lookup, tagKey, tag);
    });
  }

  #askTag(tagKey: string, onVersion: (version: number | null | Error) => void): void {
    this.#redis.send(writeCommand(["GET", tagKey]), (reply, stored) => {
      const version = versionOf(reply, stored);
      onVersion(version);
      // Another reply than to this question: replies and questions are out of step.
      if (!stored && version instanceof Error && version !== reply) this.#redis.distrust(version);
    });
  }

  /** No entry fits a tag that has no version: it may have been lost, and entries from before a write be left. */
  #withoutVersion(call: Call, lookup: Lookup, tagKey: string, error: Error | null): void {
    const { refusals, loads, stores, tags } = this.#parts;
    if (error !== null) refusals.add("read", error);
    if (call.completed) return;
    call.cache = error === null ? "miss" : "bypass";
    if (error !== null || !stores.going) return loads.answer(call, lookup, 0, false);
    stores.beginTag(tagKey, tags.newVersion(), (version) => {
      if (!call.completed) loads.answer(call, lookup, version ?? 0, version !== null);
    });
  }

  async close(): Promise<void> {
    this.#parts.stalls.close();
    this.#parts.loads.close();
    await Promise.all([this.#redis.end(), this.#target.close()]);
  }

  #lookupOf(call: Call): Lookup {
    if (this.#last?.call === call) return this.#last.lookup;
    const lookup = this.#parts.keys.lookupOf(call);
    this.#last = { call, lookup };
    return lookup;
  }

  /** What the cache did not do since the last time of asking. */
  refusals(): CacheRefusal[] {
    return this.#parts.refusals.take();
  }

  /** How many loads it began since the last time of asking that no request waited for. */
  backgroundLoads(): number {
    return this.#parts.loads.inBackground();
  }

  /** Tags that writes gave new versions since the last time of asking. */
  invalidations(): readonly Invalidated[] {
    return this.#parts.tags.invalidations();
  }

  /** The longest that an answer which it stored took to load since the last time of asking, µs; 0: it stored none. */
  slowestLoadUs(): number {
    return this.#parts.stores.slowestLoadUs();
  }

  /** The keys that are to be removed one by one; none where Redis lists them. */
  storedKeys(): string[] {
    return this.#parts.stores.keys();
  }

  get unlimited(): boolean {
    return this.#target.unlimited ?? false;
  }

  /** What is in the cache is answered meanwhile. */
  get gate(): TargetGate | undefined {
    return this.#target.gate;
  }

  #found(call: Call, lookup: Lookup, tag: number, reply: Reply, stored: boolean, bytes: number): void {
    const doneUs = this.#options.nowUs();
    const state = this.#stateOf(lookup, tag, reply, stored);
    if (call.completed) return;
    if (state === "expired" || state === "failed") {
      call.cache = state === "failed" ? "bypass" : "miss";
      return this.#parts.loads.answer(call, lookup, tag, state !== "failed");
    }
    const { storedUs, rows } = this.#reader;
    call.cache = state === "stale" ? "stale" : "hit";
    call.rows = rows;
    call.bytes = bytes;
    call.ageUs = this.#ageUs();
    complete(call, doneUs, "ok", null);
    this.#answered(call);
    // Not before: who is answered does not wait for it.
    if (state !== "fresh") this.#parts.loads.refresh(lookup, tag, storedUs);
  }

  /** Since its answer was asked for: so long ago at the most it was true. */
  #ageUs(): number {
    const { storedUs, loadUs } = this.#reader;
    return Math.max(0, this.#clockUs() - storedUs + loadUs);
  }

  #answered(call: Call): void {
    // What was compressed is read in any case: that is the cache's work, and not the reader's.
    if (call.keep || this.#reader.compressed) {
      const text = this.#reader.answer();
      if (call.keep) call.answer = this.#options.entries.read(decoder.decode(text));
    }
    call.onDone();
  }

  /** How fresh the entry is that was found; `expired` also where there is none, `failed` where it cannot be had. */
  #stateOf({ entryHash }: Lookup, tag: number, reply: Reply, stored: boolean): Freshness | "failed" {
    if (stored && reply === null) return "expired";
    if (!(reply instanceof Uint8Array)) return this.#refusedRead(reply);
    const damage = this.#reader.read(reply, entryHash);
    if (damage !== null) {
      this.#parts.refusals.add("read", damage);
      return "expired";
    }
    if (this.#reader.tag !== tag) return "expired";
    return freshnessOf(this.#reader, this.#options.behaviour, this.#clockUs(), this.#parts.random);
  }

  #refusedRead(reply: Reply): "expired" | "failed" {
    const error = reply instanceof Error ? reply : notRedis();
    // Where something else is answered than an entry, replies and questions are out of step.
    if (!(reply instanceof Error)) this.#redis.distrust(error);
    const foreign = /^WRONGTYPE /.test(error.message);
    this.#parts.refusals.add("read", foreign ? new Error("FOREIGN a key holds no text") : error);
    return foreign ? "expired" : "failed";
  }

  /** Whether there is an entry by now that is newer than what a load replaces. */
  #look({ lookup, tag, replacesUs }: Load, onFound: (entry: LoadedElsewhere | null) => void): void {
    let now = tag;
    if (lookup.tagKey !== null) {
      // Without a version there is no entry of it.
      this.#askTag(lookup.tagKey, (version) => now = typeof version === "number" ? version : NaN);
      if (this.#parts.tags.isUnwritten(lookup.tagKey)) return onFound(null);
    }
    this.#redis.send(lookup.command, (reply, stored, bytes) => {
      const state = this.#stateOf(lookup, now, reply, stored);
      const reader = this.#reader;
      if (state !== "fresh" && state !== "early" || reader.storedUs === replacesUs) return onFound(null);
      const text = decoder.decode(reader.answer());
      onFound({
        rows: reader.rows,
        bytes,
        ageUs: this.#ageUs(),
        answer: () => this.#options.entries.read(text),
      });
    });
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function passesCache({ statement }: Call): boolean {
  return statement.write || statement.uncached === true;
}
