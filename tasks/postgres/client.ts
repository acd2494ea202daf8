import { addAbortListener } from "node:events";
import { formatSeconds } from "../model/units.ts";
import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { Client } from "pg";
import { Inbox } from "../net/inbox.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { type Cancel, requestCancel } from "./cancel.ts";
import { FrameGuard } from "./frame_guard.ts";
import { pgConfig, type PgOptions, readPgOptions } from "./options.ts";
import { PATIENCE, type Patience, watchPatience } from "./patience.ts";
import { openSession } from "./session.ts";
import type { SessionStart } from "./startup.ts";
import type { Way } from "./tls_options.ts";
import { openNodeChannel } from "./transport.ts";
import { Backend, MessageWriter } from "./wire.ts";

/** How a client is called at the server, and how long it waits. */
export interface ClientOptions {
  readonly applicationName: string;
  /** For a session to begin; 10 s if absent. */
  readonly connectTimeoutMs?: number;
  /** For an answer, on this side; what its patience says if absent. */
  readonly queryTimeoutMs?: number;
  /** How long it waits for a server that may have stopped answering. */
  readonly patience?: Partial<Patience>;
  /** For a statement, on the server's side; what the server has set if absent. */
  readonly statementTimeoutMs?: number;
  /** What the session begins with, instead of the `options` of the URL. */
  readonly options?: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** The end of a connection waits so long for the server; a statement that is given up, for its cancelling. */
const END_MS = 1_000;

/**
 * Opens a connection for everything that is not measured, by the same code that opens the measured ones: pg itself
 * would take `require` and `verify-ca` for `verify-full`, knows no `require_auth`, and believes a server that
 * ends the login before it has proved itself. A connection that is lost while idle is no error until it is used; what is
 * asked fails, with the code ETIMEDOUT, where its patience ends.
 * @throws {UsageError} when the URL contradicts itself; else what the server or the system says
 */
export async function connectClient(url: string, options: ClientOptions): Promise<PgClient> {
  const client = new PgClient(url, options);
  client.on("error", () => {});
  await client.connect();
  const stop = watchPatience({ ...PATIENCE, ...options.patience }, {
    current: () => client.statement,
    isAnswering: (withinMs) => isAnswering(url, { ...options, connectTimeoutMs: withinMs }),
    giveUp: (error) => void client.giveUp(error),
  });
  client.on("end", stop);
  return client;
}

/** Whether a server says anything to another session within `connectTimeoutMs`, be it that it has no room for one. */
export async function isAnswering(url: string, options: ClientOptions): Promise<boolean> {
  await using other = new PgClient(url, options);
  other.on("error", () => {});
  try {
    await other.connect();
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ETIMEDOUT";
  }
}

/** What pg's client has and its types do not tell. */
interface Inner {
  readonly connection: { stream: Duplex };
  readonly readyForQuery: boolean;
  readonly _activeQuery?: object | null;
  readonly _ending: boolean;
}

/** pg's client on a session that was begun by `openSession`. */
export class PgClient extends Client {
  readonly #options: PgOptions;
  readonly #timeoutMs: number;
  #way: Way | null = null;
  #cancel: Cancel | null = null;

  constructor(url: string, options: ClientOptions) {
    const { applicationName, connectTimeoutMs = CONNECT_TIMEOUT_MS, queryTimeoutMs, statementTimeoutMs } =
      options;
    super(pgConfig(url, { keepAlive: true, query_timeout: queryTimeoutMs }));
    const read = readPgOptions(url, applicationName, { statement_timeout: statementTimeoutMs?.toString() });
    const { options: begins } = options;
    this.#options = begins === undefined ? read : { ...read, session: { ...read.session, options: begins } };
    this.#timeoutMs = connectTimeoutMs;
  }

  /** Where it is connected to, or will be. */
  get options(): PgOptions {
    return this.#options;
  }

  /** With TLS or without; null before it is connected. */
  get way(): Way | null {
    return this.#way;
  }

  /** What it waits for the answer to; null while nothing is asked. */
  get statement(): object | null {
    const { readyForQuery, _activeQuery } = this.#inner;
    return readyForQuery ? null : _activeQuery ?? null;
  }

  /** Asks the server to cancel the statement under way, if there is one; it then fails with SQLSTATE 57014. Never throws. */
  async cancelStatement(): Promise<void> {
    if (this.statement !== null) await this.#requestCancel();
  }

  /** Waits no longer: what is under way fails with the error, and is cancelled if the server hears that. Never throws. */
  async giveUp(error: Error): Promise<void> {
    const busy = this.statement !== null;
    // First: the server's word on the cancelling would be taken for the reason.
    this.#inner.connection.stream.destroy(error);
    if (busy) await this.#requestCancel();
  }

  async #requestCancel(): Promise<void> {
    if (this.#cancel === null) return;
    await requestCancel(this.#options, this.#cancel, END_MS, runtimeNetwork).catch(() => {});
  }

  /** Ends the session; a server that has stopped answering is not waited for. */
  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const ended = super.end();
    const timer = setTimeout(() => this.#inner.connection.stream.destroy(), END_MS);
    const settled = ended.finally(() => clearTimeout(timer));
    if (callback === undefined) return settled;
    settled.then(() => (callback as () => void)(), callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end().catch(() => {});
  }

  get #inner(): Inner {
    return this as unknown as Inner;
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<this> | void {
    const opened = this.#open();
    if (callback === undefined) return opened.then(() => super.connect()) as Promise<this>;
    opened.then(() => super.connect(callback), callback);
  }

  async #open(): Promise<void> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    let inbox: Inbox | null = null;
    using _givingUp = addAbortListener(timeout, () => inbox?.close(new Error("given up")));
    try {
      const { channel, start, way } = await openSession(
        this.#options,
        (way) => openNodeChannel(this.#options, way, inbox = new Inbox(), { turned: () => {} }, timeout),
      );
      this.#way = way;
      this.#cancel = start.key === null ? null : { key: start.key, way };
      const inner = this.#inner;
      if (inner._ending) {
        channel.close();
        throw new Error("Connection terminated");
      }
      inner.connection.stream = asFresh(channel.release(), start);
    } catch (error) {
      if (timeout.aborted) {
        const text = `no answer within ${formatSeconds(this.#timeoutMs / 1000)}`;
        throw Object.assign(new Error(text, { cause: error }), { code: "ETIMEDOUT" });
      }
      throw error;
    }
  }
}

/**
 * A socket with a session as pg expects one without: connecting succeeds at once, the first that pg writes, its
 * startup, goes nowhere, and is answered by what the server has said before. From then on it is the socket itself.
 */
function asFresh(socket: Duplex, start: SessionStart): Duplex {
  const greeting = new MessageWriter().begin(Backend.authentication).int32(0).end()
    .raw(start.messages)
    .begin(Backend.readyForQuery).byte("I".charCodeAt(0)).end().bytes;
  const guard = new FrameGuard();
  const on = socket.on.bind(socket);
  const patched = socket as unknown as Record<"connect" | "write" | "on", unknown>;
  patched.connect = () => {
    setTimeout(() => socket.emit("connect"));
    return socket;
  };
  patched.write = () => {
    delete (socket as Partial<Duplex>).write;
    socket.unshift(greeting.slice());
    socket.resume();
    return true;
  };
  // What pg cannot read it throws, and an exception here would end the process.
  patched.on = (event: string, listener: (...args: unknown[]) => void) => {
    if (event !== "data") return on(event, listener);
    return on("data", (chunk: Buffer) => {
      try {
        guard.pass(chunk);
        listener(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
  };
  return socket;
}
