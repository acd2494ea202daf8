import { ServiceError } from "../model/errors.ts";
import type { Network } from "../net/channel.ts";
import { StoredKeys } from "./cache_keys.ts";
import { EvictionWatch } from "./eviction_watch.ts";
import { readRedisOptions, RedisConnection } from "../redis/connection.ts";
import { notRedis, type Reply, writeCommand } from "../redis/wire.ts";
import { type Refusal, Refusals } from "./refusals.ts";
import type { SqlTarget } from "./sql.ts";
import { type Call, newCall, settle, type Target } from "./target.ts";

export interface CachedTargetOptions {
  readonly redisUrl: string;
  /** Keys of this run only: another run, or another program, never shares an entry. */
  readonly prefix: string;
  readonly ttlSeconds: number;
  /** Others keep keys there too: storing ends where any are evicted. */
  readonly shared?: boolean;
  readonly nowUs: () => number;
  /** Spreads expiry, 0 to 1 for each key, so that entries made together do not expire together. */
  readonly jitter: (key: string) => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

/** Entries live ttl × (1 ± this). */
const JITTER_SHARE = 0.1;

/** A statement under way, and those that wait for it. */
interface Load {
  readonly call: Call;
  readonly waiting: Set<Call>;
}

/**
 * Cache-aside: read from Redis; on a miss ask SQL, answer, and then store the rows as JSON with a TTL. Several
 * misses of one key at a time become one statement (single flight within this process), which is given up when
 * nobody waits for it any more. Writes go straight to SQL. A Redis that fails is stepped around and recorded as
 * `bypass`.
 */
export class CachedTarget implements Target {
  readonly #options: CachedTargetOptions;
  readonly #sql: SqlTarget;
  readonly #redis: RedisConnection;
  readonly #refusals = new Refusals();
  readonly #evictions: EvictionWatch | null;
  /** Kept only where Redis would not list them. */
  #stored: StoredKeys | null = new StoredKeys();
  /** By key. */
  readonly #loads = new Map<string, Load>();
  /** The question to the cache that was written last. */
  #lookup: Lookup | null = null;

  constructor(sql: SqlTarget, options: CachedTargetOptions) {
    this.#sql = sql;
    this.#options = options;
    this.#redis = new RedisConnection(readRedisOptions(options.redisUrl), options.network);
    this.#evictions = !options.shared ? null : new EvictionWatch(
      (command, onReply) => this.#redis.send(command, onReply),
      (what) => this.#refusals.add("write", what),
    );
  }

  async open(): Promise<void> {
    try {
      await this.#redis.connect();
      this.#evictions?.look();
      // A role that may list keys is told that this is no cursor, and nothing is listed.
      this.#redis.send(writeCommand(["SCAN", "no-cursor"]), (listing) => {
        if (listing instanceof Error && /invalid cursor/i.test(listing.message)) this.#stored = null;
      });
    } catch (error) {
      throw new ServiceError(`Cannot reach Redis: ${(error as Error).message}`, "Check that it runs.", {
        cause: error,
      });
    }
  }

  prepare(call: Call): void {
    if (passesCache(call)) this.#sql.prepare(call);
    else this.#lookupOf(call);
  }

  run(call: Call): void {
    if (passesCache(call)) return this.#sql.run(call);
    const { nowUs } = this.#options;
    const { key, command } = this.#lookupOf(call);
    call.acquiredUs = call.sentUs = nowUs();
    // There is nothing to take back: what arrives for it later is passed over.
    call.abort = () => call.onDone();
    this.#redis.send(command, (reply, stored, bytes) => {
      const doneUs = nowUs();
      const rows = this.#rowsOf(reply, stored);
      if (call.settled) return;
      if (rows === null || rows instanceof Error) {
        call.cache = rows === null ? "miss" : "bypass";
        return this.#ask(call, key, rows === null);
      }
      call.cache = "hit";
      call.rows = rows.length;
      call.bytes = bytes;
      settle(call, doneUs, "ok", null);
      if (call.keep) call.answer = rows;
      call.onDone();
    });
  }

  async close(): Promise<void> {
    await this.#redis.end();
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

  /** The rows of an entry; null where there is none, an error where it cannot be had. */
  #rowsOf(reply: Reply, stored: boolean): unknown[] | Error | null {
    if (stored && reply === null) return null;
    const rows = reply instanceof Error ? reply : stored ? parseRows(reply as string) : notRedis();
    if (rows instanceof Error) this.#refusals.add("read", rows);
    // Where something else is answered than an entry, replies and questions are out of step.
    if (!stored && !(reply instanceof Error)) this.#redis.distrust(notRedis());
    return rows;
  }

  /** Answers from SQL: with others that miss the same key at the same time, in one statement. */
  #ask(call: Call, key: string, store: boolean): void {
    const load = this.#loads.get(key) ?? this.#load(call, key, store);
    load.waiting.add(call);
    call.abort = () => {
      load.waiting.delete(call);
      if (load.waiting.size === 0) this.#giveUp(load, key);
      call.onDone();
    };
    if (load.waiting.size === 1) this.#sql.run(load.call);
  }

  /** A load of its own: it goes on for the others when the one that began it has given up. */
  #load({ statement, values }: Call, key: string, store: boolean): Load {
    const load: Load = { call: newCall(statement, values, true), waiting: new Set() };
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
    settle(call, this.#options.nowUs(), "timeout", null);
    abort?.();
  }

  #answer(call: Call, loaded: Call): void {
    if (call.settled) return;
    call.rows = loaded.rows;
    call.bytes = loaded.bytes;
    settle(call, this.#options.nowUs(), loaded.outcome, loaded.error);
    if (call.keep) call.answer = loaded.answer;
    call.onDone();
  }

  #store(key: string, rows: unknown): void {
    this.#evictions?.beforeStore();
    if (this.#evictions?.stopped) return;
    const { ttlSeconds, jitter } = this.#options;
    const ttlMs = Math.round(ttlSeconds * 1000 * (1 + JITTER_SHARE * (2 * jitter(key) - 1)));
    this.#redis.send(
      writeCommand(["SET", key, JSON.stringify(rows), "PX", String(ttlMs)]),
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

/** An entry as it was stored: rows as JSON. */
function parseRows(text: string): unknown[] | Error {
  try {
    const rows = JSON.parse(text) as unknown;
    if (Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)) return rows;
  } catch {
    // Said below.
  }
  return new Error("an entry is not what was stored there");
}
