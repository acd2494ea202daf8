import { Redis } from "ioredis";
import { ServiceError } from "../model/errors.ts";
import type { SqlTarget } from "./sql.ts";
import { type Call, newCall, settle, type Target } from "./target.ts";

export interface CachedTargetOptions {
  readonly redisUrl: string;
  /** Keys of this run only: another run, or another program, never shares an entry. */
  readonly prefix: string;
  readonly ttlSeconds: number;
  readonly nowUs: () => number;
  /** Spreads expiry, 0 to 1 for each key, so that entries made together do not expire together. */
  readonly jitter: (key: string) => number;
}

/** Entries live ttl × (1 ± this). */
const JITTER_SHARE = 0.1;

/**
 * Cache-aside: read from Redis; on a miss ask SQL, answer, and store the rows as JSON with a TTL. Several
 * misses of one key at a time become one statement (single flight within this process). Writes go straight
 * to SQL. A Redis that fails is stepped around and recorded as `bypass`.
 */
export class CachedTarget implements Target {
  readonly #options: CachedTargetOptions;
  readonly #sql: SqlTarget;
  readonly #redis: Redis;
  readonly #flights = new Map<string, Promise<Call>>();

  constructor(sql: SqlTarget, options: CachedTargetOptions) {
    this.#sql = sql;
    this.#options = options;
    this.#redis = new Redis(options.redisUrl, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 5000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
    });
    // Each command reports its own failure; without a listener ioredis prints to the console.
    this.#redis.on("error", () => {});
  }

  async open(): Promise<void> {
    try {
      await this.#redis.connect();
    } catch (error) {
      throw new ServiceError(`Cannot reach Redis: ${(error as Error).message}`, "Check that it runs.", {
        cause: error,
      });
    }
  }

  async run(call: Call): Promise<void> {
    if (call.statement.write || call.statement.uncached) return await this.#sql.run(call);
    const { nowUs } = this.#options;
    const key = `${this.#options.prefix}${call.statement.name}:${JSON.stringify(call.values)}`;
    call.acquiredUs = nowUs();
    call.sentUs = call.acquiredUs;
    let stored: string | null;
    try {
      stored = await this.#redis.get(key);
    } catch {
      call.cache = "bypass";
      return await this.#ask(call, key, false);
    }
    if (call.settled) return;
    if (stored === null) {
      call.cache = "miss";
      return await this.#ask(call, key, true);
    }
    const doneUs = nowUs();
    const rows = JSON.parse(stored) as unknown[];
    call.cache = "hit";
    call.rows = rows.length;
    call.bytes = stored.length;
    settle(call, doneUs, "ok", null);
    if (call.keep) call.answer = rows;
  }

  async close(): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }

  /** Answers from SQL: with others that miss the same key at the same time, in one statement. */
  async #ask(call: Call, key: string, store: boolean): Promise<void> {
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      flight = this.#fly(call, key, store);
      this.#flights.set(key, flight);
    }
    const flown = await flight;
    if (call.settled) return;
    call.rows = flown.rows;
    call.bytes = flown.bytes;
    settle(call, this.#options.nowUs(), flown.outcome, flown.error);
    if (call.keep) call.answer = flown.answer;
  }

  async #fly(call: Call, key: string, store: boolean): Promise<Call> {
    // A call of its own: the flight goes on, and fills the cache, when the caller has given up.
    const flown = newCall(call.statement, call.values, true);
    await this.#sql.run(flown);
    this.#flights.delete(key);
    if (store && flown.outcome === "ok") {
      const { ttlSeconds, jitter } = this.#options;
      const ttlMs = Math.round(ttlSeconds * 1000 * (1 + JITTER_SHARE * (2 * jitter(key) - 1)));
      // The answer does not wait for the cache to take it.
      this.#redis.set(key, JSON.stringify(flown.answer), "PX", ttlMs).catch(() => {});
    }
    return flown;
  }
}

/** Removes the keys that begin with a prefix. */
export async function forgetKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => {});
  await redis.connect();
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
      if ((keys as string[]).length > 0) await redis.unlink(...keys as string[]);
    }
  } finally {
    redis.disconnect();
  }
}
