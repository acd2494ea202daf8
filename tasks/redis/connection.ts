import type { Channel, Network } from "../net/channel.ts";
import { Inbox } from "../net/inbox.ts";
import { openTls, runtimeNetwork } from "../net/runtime_channel.ts";
import { waitAtMost, withinLimit } from "../net/time_limit.ts";
import { lost, type OnReply, RedisLine } from "./line.ts";
import { type Reply, writeCommand } from "./wire.ts";

/** Where and as whom Redis is spoken to. */
export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  /** Of a Unix socket, instead of host and port. */
  readonly path: string | undefined;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** How a connection is made, and what replies look like. */
export interface RepliesOptions {
  /** How long it may take to connect, until Redis has answered. */
  readonly limitMs?: number;
  /** How deep lists among the replies may be nested; 0: a list is no reply. */
  readonly lists?: number;
  /** Stored texts are given as bytes, of use until the reply is taken. */
  readonly raw?: boolean;
}

const CONNECT_TIMEOUT_MS = 5000;
const END_MS = 500;
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 1000;

/** Reads a redis:// or rediss:// URL as ioredis does, whose defaults users know; loading that takes a tenth of a second. */
export function readRedisOptions(url: string): RedisOptions {
  const { protocol, username, password, hostname, port, pathname, searchParams } = new URL(url);
  const of = (name: string) => searchParams.get(name) ?? "";
  return {
    host: hostname.replace(/^\[|\]$/g, "") || of("host") || "localhost",
    port: Number(port || of("port") || 6379),
    path: of("path") || undefined,
    tls: protocol === "rediss:" || searchParams.has("tls"),
    username: decodeURIComponent(username) || of("username") || undefined,
    password: decodeURIComponent(password) || of("password") || undefined,
    database: Number(pathname.slice(1) || of("db") || 0),
  };
}

/** Redis, as the cache has it: a connection that is lost is opened again, and commands fail meanwhile. */
export class RedisConnection {
  readonly #options: RedisOptions;
  readonly #network: Network;
  #line: RedisLine | null = null;
  /** One that has not let us in yet. */
  #opening: RedisLine | null = null;
  #closed = false;
  #retryMs = RETRY_MS;
  #forgetRetry = () => {};

  readonly #limitMs: number;
  readonly #lists: number;
  readonly #raw: boolean;

  /** @param network opens what needs no TLS */
  constructor(
    options: RedisOptions,
    network: Network = runtimeNetwork,
    { limitMs = CONNECT_TIMEOUT_MS, lists = 0, raw = false }: RepliesOptions = {},
  ) {
    this.#options = options;
    this.#network = network;
    this.#limitMs = limitMs;
    this.#lists = lists;
    this.#raw = raw;
  }

  /** @throws the system's error, or what Redis says to the password */
  connect(): Promise<void> {
    return withinLimit(this.#network, this.#limitMs, async (signal) => {
      const { username, password, database } = this.#options;
      const line = new RedisLine(await this.#open(new Inbox(), signal), this.#lists, this.#raw);
      signal.addEventListener("abort", () => line.close());
      this.#opening = line;
      try {
        if (password !== undefined) {
          await line.ask(username === undefined ? ["AUTH", password] : ["AUTH", username, password]);
        }
        if (database !== 0) await line.ask(["SELECT", String(database)]);
        // Also a Redis that needs no password must answer, and one that wants one must say so now.
        await line.ask(["PING"]).catch((error: Error) => {
          // Who may not even ask this has been let in, and where nothing can be saved entries can still be read.
          if (!/^(NOPERM|MISCONF)/.test(error.message)) throw error;
        });
      } catch (error) {
        line.close();
        throw error;
      } finally {
        this.#opening = null;
      }
      if (this.#closed) return line.close();
      // Not before: what is asked meanwhile would be answered by another database, or refused.
      this.#line = line;
      line.onLost = () => {
        this.#line = null;
        this.#reconnectLater();
      };
    });
  }

  /**
   * Sends a command.
   * @param command as `writeCommand` makes it
   * @param onReply called once, at once where there is no connection
   */
  send(command: Uint8Array, onReply: OnReply): void {
    if (this.#line === null) onReply(lost(), false, 0);
    else this.#line.send(command, onReply);
  }

  /** How many replies have come over the connection that there is, and how many are waited for. */
  get progress(): { readonly answered: number; readonly waiting: number } {
    return this.#line?.progress ?? { answered: 0, waiting: 0 };
  }

  /** Ends the connection, whose replies can no longer be trusted; it is opened again. */
  distrust(error: Error): void {
    this.#line?.close(error);
  }

  /** Asks, and waits for the answer; an error of Redis or of the connection is one. */
  ask(...words: string[]): Promise<Reply> {
    return new Promise((resolve) => this.send(writeCommand(words), resolve));
  }

  /** Waits, if not for long, until what was sent is answered, and closes. */
  async end(): Promise<void> {
    if (this.#line !== null) await waitAtMost(END_MS, this.#line.ask(["PING"]).catch(() => {}));
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#forgetRetry();
    this.#opening?.close();
    this.#line?.close();
  }

  async #open(inbox: Inbox, signal: AbortSignal): Promise<Channel> {
    const { host, port, path, tls } = this.#options;
    if (tls) return await openTls({ host, port }, inbox, signal, this.#network);
    return await this.#network.connect(path === undefined ? { host, port } : { path }, inbox, signal);
  }

  #reconnectLater(): void {
    if (this.#closed) return;
    this.#forgetRetry();
    this.#forgetRetry = this.#network.later(this.#retryMs, async () => {
      try {
        await this.connect();
        this.#retryMs = RETRY_MS;
      } catch {
        this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
        this.#reconnectLater();
      }
    });
  }
}
