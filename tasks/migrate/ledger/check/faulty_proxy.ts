import { reachServer, translate } from "../../../seed/connect.ts";
import { Backend, Frontend } from "../../../postgres/wire.ts";
import {
  asksForPassword,
  type BoundValue,
  MessageReader,
  readBind,
  readParse,
  simpleQuery,
  writeAll,
} from "./messages.ts";

/** A statement with its values, as a client has it executed. */
export interface Executed {
  readonly text: string;
  readonly values: readonly BoundValue[];
}

/** What is done to a statement beside answering it; null: nothing. */
export interface Fault {
  /** Whether it comes to nothing. */
  readonly rolledBack: boolean;
  /** What is executed once it has succeeded. */
  readonly afterwards: readonly Executed[];
}

export interface FaultyProxyOptions {
  /** Of the server; without TLS on the way to it. May hold a password. */
  readonly url: string;
  /** Asked of each statement with values before it is executed. */
  readonly faultOf: (executed: Executed) => Fault | null;
  /** Told of each that succeeded, once its client has the answer, or may have it. */
  readonly onAnswered?: (executed: Executed) => void;
}

/** A way to a server that does, on purpose, what must never be. */
export interface FaultyProxy extends AsyncDisposable {
  /** Leads through it. */
  readonly url: string;
  /** Executes a statement over a session of its own. */
  execute(executed: Executed): Promise<void>;
}

/**
 * Opens a proxy that speaks PostgreSQL's protocol, for clients that wait for each answer before they send on, as the load's
 * do. To a client that is told of a write which is rolled back, or of one that is executed twice, all looks as it should.
 */
export async function faultyProxy(options: FaultyProxyOptions): Promise<FaultyProxy> {
  const { hostname, port } = new URL(options.url);
  const own = await reachServer(options.url, { applicationName: "benchbook-ledger-check" });
  const execute = async ({ text, values }: Executed) => {
    await own.query(text, [...values]).catch((error) => {
      throw translate(error, own);
    });
  };
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const sessions = new Set<Promise<void>>();
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const client of listener) {
      open.add(client);
      const serve = async () => {
        const server = await Deno.connect({ hostname, port: Number(port) });
        open.add(server);
        await new Session(client, server, options, execute).run().finally(() => close(server));
      };
      // Where one side is gone the other is closed with it, and the client sees what it would see without a proxy.
      sessions.add(serve().catch(() => {}).finally(() => close(client)));
    }
  })();
  const through = new URL(options.url);
  through.hostname = "127.0.0.1";
  through.port = String(listener.addr.port);
  through.searchParams.set("sslmode", "disable");
  return {
    url: through.href,
    execute,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await serving;
      await Promise.all(sessions);
      await own.end().catch(() => {});
    },
  };
}

/** What a client sends until it waits for an answer. */
interface Request {
  readonly bytes: Uint8Array;
  /** Null where it executes nothing with values. */
  readonly executed: Executed | null;
}

class Session {
  readonly #client: Deno.Conn;
  readonly #server: Deno.Conn;
  readonly #fromClient: MessageReader;
  readonly #fromServer: MessageReader;
  readonly #options: FaultyProxyOptions;
  readonly #execute: FaultyProxy["execute"];
  readonly #prepared = new Map<string, string>();

  constructor(
    client: Deno.Conn,
    server: Deno.Conn,
    options: FaultyProxyOptions,
    execute: FaultyProxy["execute"],
  ) {
    this.#client = client;
    this.#server = server;
    this.#fromClient = new MessageReader(client);
    this.#fromServer = new MessageReader(server);
    this.#options = options;
    this.#execute = execute;
  }

  async run(): Promise<void> {
    if (!await this.#begin()) return;
    for (let request; (request = await this.#request()) !== null;) await this.#answer(request);
  }

  /** Lets client and server begin their session. @returns false where there is none */
  async #begin(): Promise<boolean> {
    const startup = await this.#fromClient.next(true);
    if (startup === null) return false;
    await writeAll(this.#server, startup);
    for (let message; (message = await this.#fromServer.next()) !== null;) {
      await writeAll(this.#client, message);
      if (message[0] === Backend.readyForQuery) return true;
      if (!asksForPassword(message)) continue;
      const reply = await this.#fromClient.next();
      if (reply === null) return false;
      await writeAll(this.#server, reply);
    }
    return false;
  }

  async #request(): Promise<Request | null> {
    const messages: Uint8Array[] = [];
    let executed: Executed | null = null;
    for (;;) {
      const message = await this.#fromClient.next();
      if (message === null || message[0] === Frontend.terminate) return null;
      messages.push(message);
      switch (message[0]) {
        case Frontend.parse: {
          const { name, text } = readParse(message);
          this.#prepared.set(name, text);
          break;
        }
        case Frontend.bind: {
          const { name, values } = readBind(message);
          executed = { text: this.#prepared.get(name)!, values };
          break;
        }
        case Frontend.sync:
        case Frontend.query:
          return { bytes: joined(messages), executed };
      }
    }
  }

  async #answer({ bytes, executed }: Request): Promise<void> {
    const fault = executed === null ? null : this.#options.faultOf(executed);
    const rolledBack = fault?.rolledBack ?? false;
    if (rolledBack) await this.#exchange(simpleQuery("BEGIN"));
    const answer = await this.#exchange(bytes);
    if (rolledBack) {
      await this.#exchange(simpleQuery("ROLLBACK"));
      // Its last byte tells of a transaction, and the client began none.
      answer.bytes[answer.bytes.length - 1] = "I".charCodeAt(0);
    }
    for (const other of answer.failed ? [] : fault?.afterwards ?? []) await this.#execute(other);
    await writeAll(this.#client, answer.bytes);
    if (executed !== null && !answer.failed) this.#options.onAnswered?.(executed);
  }

  /** Sends the server something and waits until it has answered. */
  async #exchange(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly failed: boolean }> {
    await writeAll(this.#server, bytes);
    const messages: Uint8Array[] = [];
    for (let message; (message = await this.#fromServer.next()) !== null;) {
      messages.push(message);
      if (message[0] === Backend.readyForQuery) {
        return { bytes: joined(messages), failed: messages.some(([type]) => type === Backend.error) };
      }
    }
    throw new Error("The server has ended the session");
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
