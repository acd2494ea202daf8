import { formatSeconds } from "../model/units.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { readRedisOptions, RedisConnection } from "./connection.ts";
import type { Reply } from "./wire.ts";

/** A page of SCAN is a list in a list. */
const LISTS = 2;

/**
 * Redis as all asks it that is not measured: one command after the other, by the code that the load is sent with. A
 * general client keeps whatever a server sends: one that sends without end would have all memory.
 */
export class RedisClient {
  readonly #connection: RedisConnection;
  readonly #limitMs: number;

  /**
   * @param url of Redis
   * @param limitMs for the connection to begin, and for each answer
   */
  constructor(url: string, limitMs: number) {
    this.#connection = new RedisConnection(readRedisOptions(url), runtimeNetwork, { limitMs, lists: LISTS });
    this.#limitMs = limitMs;
  }

  /** @throws the system's error, or what Redis says to the password */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /**
   * Asks, and waits for the answer; where it does not come in time, the connection is closed.
   * @throws {Error} with what Redis refuses, or what broke the connection
   */
  async ask(...words: readonly string[]): Promise<Exclude<Reply, Error>> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      // Ends the reading too, and not only the wait for it.
      this.close();
    }, this.#limitMs);
    const reply = await this.#connection.ask(...words);
    clearTimeout(timer);
    if (late) throw new Error(`no answer within ${formatSeconds(this.#limitMs / 1000)}`);
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /** What it tells about itself. @throws {Error} as `ask`, or where its answer is no text */
  async info(): Promise<string> {
    const info = await this.ask("INFO");
    if (typeof info === "string") return info;
    throw new Error("its answer to INFO is not a text");
  }

  close(): void {
    this.#connection.close();
  }
}
