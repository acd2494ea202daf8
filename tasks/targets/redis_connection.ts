import { Redis } from "ioredis";
import type { Channel, Network } from "../net/channel.ts";
import { Inbox } from "../net/inbox.ts";
import { RuntimeChannel, runtimeNetwork } from "../net/runtime_channel.ts";
import { MORE, readReply, type Reply, writeCommand } from "./redis_wire.ts";

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

/** Takes a reply, or what went wrong: an error of Redis, or of the connection. */
export type OnReply = (reply: Reply) => void;

const CONNECT_TIMEOUT_MS = 5000;
const END_MS = 500;
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 1000;

/** Reads a URL as ioredis does, whose defaults and forms users know. */
export function readRedisOptions(url: string): RedisOptions {
  // Reading is all it does: it connects when it is first asked.
  const { options } = new Redis(url, { lazyConnect: true });
  return {
    host: options.host ?? "localhost",
    port: options.port ?? 6379,
    path: options.path,
    tls: options.tls !== undefined,
    username: options.username || undefined,
    password: options.password || undefined,
    database: options.db ?? 0,
  };
}

/**
 * One connection to Redis over which any number of commands is under way, answered in their order (RESP 2). A
 * connection that is lost is opened again in the background; commands fail meanwhile.
 */
export class RedisConnection {
  readonly #options: RedisOptions;
  readonly #network: Network;
  #channel: Channel | null = null;
  /** Those not answered yet, oldest first from `#answered` on. */
  #waiting: OnReply[] = [];
  #answered = 0;
  #closed = false;
  #retryMs = RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** @param network opens what needs no TLS */
  constructor(options: RedisOptions, network: Network = runtimeNetwork) {
    this.#options = options;
    this.#network = network;
  }

  /** @throws the system's error, or what Redis says to the password */
  connect(): Promise<void> {
    return this.#network.outside(async () => {
      const { username, password, database } = this.#options;
      const inbox = new Inbox();
      const channel = await this.#open(inbox);
      inbox.onBytes = () => this.#arrived(channel);
      inbox.onEnd = (error) => this.#lose(channel, error);
      this.#channel = channel;
      if (inbox.ended !== null) this.#lose(channel, inbox.ended.error);
      try {
        if (password !== undefined) {
          await this.#asked(username === undefined ? ["AUTH", password] : ["AUTH", username, password]);
        }
        if (database !== 0) await this.#asked(["SELECT", String(database)]);
        // Also a Redis that needs no password must answer, and one that wants one must say so now.
        await this.#asked(["PING"]);
      } catch (error) {
        channel.close();
        if (this.#channel === channel) this.#channel = null;
        throw error;
      }
    });
  }

  /** Sends a command. @param onReply called once, at once where there is no connection */
  send(words: readonly string[], onReply: OnReply): void {
    const channel = this.#channel;
    if (channel === null) return onReply(lost());
    this.#waiting.push(onReply);
    // A buffer of its own: the one before may not have been taken yet.
    const bytes = writeCommand(words);
    channel.send(bytes, bytes.length);
  }

  /** Waits, if not for long, until what was sent is answered, and closes. */
  async end(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, END_MS));
    await Promise.race([this.#asked(["PING"]).catch(() => {}), late]);
    clearTimeout(timer);
    this.close();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#channel?.close();
    this.#channel = null;
    this.#failAll(lost());
  }

  async #open(inbox: Inbox): Promise<Channel> {
    const { host, port, path, tls } = this.#options;
    if (tls) {
      const secured = await Deno.connectTls({ hostname: host, port });
      await secured.handshake();
      return new RuntimeChannel(secured, inbox);
    }
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
    return await this.#network.connect(path === undefined ? { host, port } : { path }, inbox, signal);
  }

  #asked(words: readonly string[]): Promise<Reply> {
    return new Promise((resolve, reject) =>
      this.send(words, (reply) => reply instanceof Error ? reject(reply) : resolve(reply))
    );
  }

  #arrived(channel: Channel): void {
    const { inbox } = channel;
    for (;;) {
      let read: ReturnType<typeof readReply>;
      try {
        read = readReply(inbox.bytes, inbox.start, inbox.end);
      } catch (error) {
        channel.close();
        return this.#lose(channel, error as Error);
      }
      if (read === MORE) return;
      inbox.start = read.next;
      const onReply = this.#waiting[this.#answered++];
      if (this.#answered > 1024) {
        this.#waiting = this.#waiting.slice(this.#answered);
        this.#answered = 0;
      }
      onReply?.(read.reply);
      if (this.#channel !== channel) return;
    }
  }

  #lose(channel: Channel, error: Error | null): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    this.#failAll(error ?? lost());
    this.#reconnectLater();
  }

  #failAll(error: Error): void {
    const failed = this.#waiting.slice(this.#answered);
    this.#waiting = [];
    this.#answered = 0;
    for (const onReply of failed) onReply(error);
  }

  #reconnectLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(async () => {
      try {
        await this.connect();
        this.#retryMs = RETRY_MS;
        if (this.#closed) this.close();
      } catch {
        this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
        this.#reconnectLater();
      }
    }, this.#retryMs);
  }
}

function lost(): Error {
  return Object.assign(new Error("the connection to Redis was lost"), { code: "ECONNRESET" });
}
