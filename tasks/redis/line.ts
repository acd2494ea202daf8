import type { Channel } from "../net/channel.ts";
import { MORE, notRedis, readReply, type Reply, writeCommand } from "./wire.ts";

/**
 * Takes a reply, or what went wrong: an error of Redis, or of the connection. What it throws ends the connection.
 * @param stored whether it is a stored text (null: there is none), and not a word of Redis's own
 * @param bytes received for a stored text
 */
export type OnReply = (reply: Reply, stored: boolean, bytes: number) => void;

/** Answered places that are kept before the queue is cut. */
const KEPT = 1024;

/** Commands and their replies over one channel, any number under way, answered in their order (RESP 2). */
export class RedisLine {
  /** Called once, when the channel has ended. */
  onLost: () => void = () => {};
  readonly #channel: Channel;
  readonly #lists: number;
  readonly #raw: boolean;
  /** Those not answered yet, oldest first from `#answered` on. */
  #waiting: OnReply[] = [];
  #answered = 0;
  #open = true;
  /** Over its whole time. */
  #replies = 0;
  /** What ended it. */
  #error = lost();

  /**
   * @param lists how deep lists among the replies may be nested; 0: a list is no reply
   * @param raw stored texts are given as bytes, of use until the reply is taken
   */
  constructor(channel: Channel, lists = 0, raw = false) {
    this.#channel = channel;
    this.#lists = lists;
    this.#raw = raw;
    const { inbox } = channel;
    inbox.onBytes = () => this.#arrived();
    inbox.onEnd = (error) => this.#lose(ended(error));
    if (inbox.end > inbox.start) this.#arrived();
    if (inbox.ended !== null) this.#lose(ended(inbox.ended.error));
  }

  /**
   * Sends a command.
   * @param command as `writeCommand` makes it
   * @param onReply called once, at once where the channel has ended
   */
  send(command: Uint8Array, onReply: OnReply): void {
    if (!this.#open) return onReply(this.#error, false, 0);
    this.#waiting.push(onReply);
    this.#channel.send(command, command.length);
  }

  /** The same, waited for. @throws what Redis refuses, or what broke the connection */
  ask(words: readonly string[]): Promise<Reply> {
    return new Promise((resolve, reject) =>
      this.send(writeCommand(words), (reply) => reply instanceof Error ? reject(reply) : resolve(reply))
    );
  }

  /** How many replies have come, and how many are waited for. */
  get progress(): { readonly answered: number; readonly waiting: number } {
    return { answered: this.#replies, waiting: this.#waiting.length - this.#answered };
  }

  /** Ends it; what is under way fails, with this error. */
  close(error: Error = lost()): void {
    this.#lose(error);
  }

  #arrived(): void {
    const { inbox } = this.#channel;
    while (this.#open) {
      let read: ReturnType<typeof readReply>;
      try {
        read = readReply(inbox.bytes, inbox.start, inbox.end, this.#lists, this.#raw);
      } catch (error) {
        return this.#lose(error as Error);
      }
      if (read === MORE) return;
      inbox.start = read.next;
      const onReply = this.#waiting[this.#answered];
      // An error that nobody asked for says why the connection is about to end: too many clients, protected mode.
      if (onReply === undefined) return this.#lose(read.reply instanceof Error ? read.reply : notRedis());
      this.#answered++;
      this.#replies++;
      if (this.#answered > KEPT) {
        this.#waiting = this.#waiting.slice(this.#answered);
        this.#answered = 0;
      }
      onReply(read.reply, read.stored, read.bytes);
    }
  }

  #lose(error: Error): void {
    if (!this.#open) return;
    this.#open = false;
    this.#error = error;
    this.#channel.close();
    const failed = this.#waiting.slice(this.#answered);
    this.#waiting = [];
    this.#answered = 0;
    for (const onReply of failed) onReply(error, false, 0);
    this.onLost();
  }
}

/**
 * Why the channel ended. A Redis that goes away closes the connection or, where it had not read all that was sent, resets
 * it: which of them is chance, and both are the same to whoever reads it.
 */
function ended(error: Error | null): Error {
  const code = (error as { code?: string } | null)?.code;
  return error === null || code === "ECONNRESET" || code === "EPIPE" ? lost() : error;
}

/** The error of a command without a connection. */
export function lost(): Error {
  return Object.assign(new Error("the connection to Redis was lost"), { code: "ECONNRESET" });
}
