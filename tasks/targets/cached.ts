import type { CacheBehaviour } from "../model/cache_settings.ts";
import { ServiceError } from "../model/errors.ts";
import type { Network } from "../net/channel.ts";
import type { Entries, Entry } from "./cache_entries.ts";
import { StoredKeys } from "./cache_keys.ts";
import { EvictionWatch } from "./eviction_watch.ts";
import { readRedisOptions, RedisConnection } from "../redis/connection.ts";
import { notRedis, type Reply, writeCommand } from "../redis/wire.ts";
import { type Refusal, Refusals } from "./refusals.ts";
import { type Call, complete, newCall, type Target, type TargetGate } from "./target.ts";

export interface CachedTargetOptions {
  readonly redisUrl: string;
  /** Of the keys of this path and run only: nobody else shares an entry. */
  readonly prefix: string;
  readonly entries: Entries;
  /** Others keep keys there too: storing ends where any are evicted. */
  readonly shared?: boolean;
  readonly nowUs: () => number;
  readonly behaviour: CacheBehaviour;
  /** Spreads expiry, 0 to 1 for each key, so that entries made together do not expire together. */
  readonly jitter: (key: string) => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

/** A question under way behind the cache, and those that wait for its answer. */
interface Load {
  readonly call: Call;
  readonly waiting: Set<Call>;
}

/**
 * Cache-aside before any other target: read from Redis; on a miss ask the target, answer, and then store what it
 * answered with a TTL; never an error. Several misses of one key at a time become one question (single flight within
 * this process), which is given up when nobody waits for it any more. Writes go straight to the target. A Redis that
 * fails is stepped around and recorded as `bypass`.
 */
export class CachedTarget implements Target {
  readonly #options: CachedTargetOptions;
  readonly #target: Target;
  readonly #redis: RedisConnection;
  readonly #refusals = new Refusals();
  readonly #evictions: EvictionWatch | null;
  /** Kept only where Redis would not list them. */
  #stored: StoredKeys | null = new StoredKeys();
  /** By key. */
  readonly #loads = new Map<string, Load>();
  /** The question to the cache that was written last. */
  #lookup: Lookup | null = null;

  /** @param target what it stands before: opened and closed with it */
  constructor(target: Target, options: CachedTargetOptions) {
    this.#target = target;
    this.#options = options;
    this.#redis = new RedisConnection(readRedisOptions(options.redisUrl), options.network);
    this.#evictions = !options.shared ? null : new EvictionWatch(
      (command, onReply) => this.#redis.send(command, onReply),
      (what) => this.#refusals.add("write", what),
    );
  }

  async open(): Promise<void> {
    await this.#target.open();
    try {
      await this.#redis.connect();
      this.#evictions?.look();
      // A role that may list keys is told that this is no cursor, and nothing is listed.
      this.#redis.send(writeCommand(["SCAN", "no-cursor"]), (listing) => {
        if (listing instanceof Error && /invalid cursor/i.test(listing.message)) this.#stored = null;
      });
    } catch (error) {
      await this.#target.close();
      throw new ServiceError(`Cannot reach Redis: ${(error as Error).message}`, "Check that it runs.", {
        cause: error,
      });
    }
  }

  prepare(call: Call): void {
    if (passesCache(call)) this.#target.prepare?.(call);
    else this.#lookupOf(call);
  }

  run(call: Call): void {
    if (passesCache(call)) return this.#target.run(call);
    const { nowUs } = this.#options;
    const { key, command } = this.#lookupOf(call);
    call.acquiredUs = call.sentUs = nowUs();
    // There is nothing to take back: what arrives for it later is passed over.
    call.abort = () => call.onDone();
    this.#redis.send(command, (reply, stored, bytes) => {
      const doneUs = nowUs();
      const entry = this.#entryOf(reply, stored, call.keep !== false);
      if (call.completed) return;
      if (entry === null || entry instanceof Error) {
        call.cache = entry === null ? "miss" : "bypass";
        return this.#ask(call, key, entry === null);
      }
      call.cache = "hit";
      call.rows = entry.rows;
      call.bytes = bytes;
      complete(call, doneUs, "ok", null);
      if (call.keep) call.answer = entry.answer;
      call.onDone();
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#redis.end(), this.#target.close()]);
  }

  #lookupOf(call: Call): Lookup {
    if (this.#lookup?.call === call) return this.#lookup;
    const key = `${this.#options.prefix}${call.statement.name}:${JSON.stringify(call.values)}`;
    return this.#lookup = { call, key, command: writeCommand(["GET", key]) };
  }

  /** What the cache did not do since the last time of asking. */
  refusals(): Refusal[] {
    return this.#refusals.take();
  }

  /** The keys that are to be removed one by one; none where Redis lists them. */
  storedKeys(): string[] {
    return this.#stored?.list() ?? [];
  }

  get unlimited(): boolean {
    return this.#target.unlimited ?? false;
  }

  /** What is in the cache is answered meanwhile. */
  get gate(): TargetGate | undefined {
    return this.#target.gate;
  }

  /** An entry; null where there is none, an error where it cannot be had. */
  #entryOf(reply: Reply, stored: boolean, keep: boolean): Entry | Error | null {
    if (stored && reply === null) return null;
    const { entries } = this.#options;
    const entry = reply instanceof Error ? reply : stored ? entries.read(reply as string, keep) : notRedis();
    if (entry instanceof Error) this.#refusals.add("read", entry);
    // Where something else is answered than an entry, replies and questions are out of step.
    if (!stored && !(reply instanceof Error)) this.#redis.distrust(notRedis());
    return entry;
  }

  /** Answers from the target: with others that miss the same key at the same time, by one question. */
  #ask(call: Call, key: string, store: boolean): void {
    const load = this.#loads.get(key) ?? this.#load(call, key, store);
    load.waiting.add(call);
    call.abort = () => {
      load.waiting.delete(call);
      if (load.waiting.size === 0) this.#giveUp(load, key);
      call.onDone();
    };
    if (load.waiting.size === 1) this.#target.run(load.call);
  }

  /** A load of its own: it goes on for the others when the one that began it has given up. */
  #load({ statement, values }: Call, key: string, store: boolean): Load {
    const load: Load = { call: newCall(statement, values, this.#options.entries.keep), waiting: new Set() };
    this.#loads.set(key, load);
    load.call.onDone = () => {
      // Given up: what is asked for since then has a load of its own.
      if (load.waiting.size === 0) return;
      this.#loads.delete(key);
      const { outcome, answer } = load.call;
      for (const each of load.waiting) this.#answer(each, load.call);
      // Not before: who waits for the answer does not wait for the cache.
      if (store && outcome === "ok") this.#store(key, answer);
    };
    return load;
  }

  /** What nobody waits for would hold a connection, and go on at the server. */
  #giveUp({ call }: Load, key: string): void {
    this.#loads.delete(key);
    const { abort } = call;
    complete(call, this.#options.nowUs(), "timeout", null);
    abort?.();
  }

  #answer(call: Call, loaded: Call): void {
    if (call.completed) return;
    call.rows = loaded.rows;
    call.bytes = loaded.bytes;
    const { nowUs, entries } = this.#options;
    complete(call, nowUs(), loaded.outcome, loaded.error);
    const { outcome, answer } = loaded;
    if (call.keep) call.answer = outcome === "ok" ? entries.answerOf(answer) : answer;
    call.onDone();
  }

  #store(key: string, answer: unknown): void {
    this.#evictions?.beforeStore();
    if (this.#evictions?.stopped) return;
    const { behaviour: { ttlSeconds, jitter: share }, jitter, entries } = this.#options;
    const ttlMs = Math.round(ttlSeconds * 1000 * (1 + share * (2 * jitter(key) - 1)));
    this.#redis.send(
      writeCommand(["SET", key, entries.textOf(answer), "PX", String(ttlMs)]),
      (reply, stored) => {
        if (reply === "OK" && !stored) return;
        this.#refusals.add("write", reply instanceof Error ? reply : notRedis());
        if (!(reply instanceof Error)) this.#redis.distrust(notRedis());
      },
    );
    this.#stored?.add(key, Date.now(), ttlMs);
  }
}

/** What the cache is asked for a call. */
interface Lookup {
  readonly call: Call;
  readonly key: string;
  readonly command: Uint8Array;
}

function passesCache({ statement }: Call): boolean {
  return statement.write || statement.uncached === true;
}
