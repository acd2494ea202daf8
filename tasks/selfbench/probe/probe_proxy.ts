import { listenApart } from "../../net/listen_apart.ts";
import { boundSlot, codeOf, insertedAnswer, TYPED_HEADER, uint32 } from "./lost_write.ts";

/** A pause as the proxy made it, and as it saw answers to the probe's load pass, in the clock of `performance.now()`, ms. */
export interface MadePause {
  /** From then on it forwarded nothing: an answer had just been handed on. */
  readonly fromMs: number;
  /** From then on it forwarded again. */
  readonly untilMs: number;
  /** The last answer before it. */
  readonly lastAnswer: Answered;
  /** The first answer after it. */
  readonly firstAnswer: Answered;
}

/** An answer was handed on between these moments, in the same clock: on a busy machine they lie apart. */
export interface Answered {
  readonly afterMs: number;
  readonly byMs: number;
}

/** What sessions of the load are called, at their end. */
const LOAD = "load\0";
const SYNC = codeOf("S");
/** Messages that a Sync follows. */
const UNTIL_SYNC: ReadonlySet<number> = new Set(["B", "C", "D", "E", "P"].map(codeOf));

/** A connection that goes through. */
interface Session {
  isLoad: boolean;
}

/** A way to a server on which is done, on purpose, what switch-overs and networks do. */
export class ProbeProxy implements AsyncDisposable {
  /** Writes that were answered though the server never got them: the slots that they gave. */
  readonly lost: number[] = [];
  /** Statements that came from clients. */
  statements = 0;
  /** Those of them that write. */
  writes = 0;
  /** Every so many-th write is answered here; 0: none. */
  loseEvery = 0;
  #target: number;
  #listener: Deno.TcpListener | null;
  readonly #port: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #serving: Promise<void>[] = [];
  #gate: Promise<void> | null = null;
  #answer: Answered = { afterMs: 0, byMs: 0 };
  /** Told when the next answer has been handed on. */
  #onAnswer: ((answer: Answered) => void) | null = null;

  /** @param target a port of this machine */
  constructor(target: number) {
    this.#target = target;
    this.#listener = listenApart();
    this.#port = this.#listener.addr.port;
    this.#serve();
  }

  /** The URL of a server, through here. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(this.#port);
    through.searchParams.set("sslmode", "disable");
    return through.href;
  }

  /**
   * Forwards nothing for so long, in either direction, from the next answer to the load on: a pause that clients had already is
   * none of it. Resolves with the first answer after it.
   */
  async pause(ms: number): Promise<MadePause> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const fromMs = await new Promise<number>((begun) =>
      this.#onAnswer = ({ byMs }) => {
        this.#gate = promise;
        begun(byMs);
      }
    );
    await new Promise((done) => setTimeout(done, ms));
    // An answer may have been on its way through here when the gate was closed.
    const lastAnswer = this.#answer;
    this.#gate = null;
    const untilMs = performance.now();
    const firstAnswer = new Promise<Answered>((resolve) => this.#onAnswer = resolve);
    resolve();
    return { fromMs, untilMs, lastAnswer, firstAnswer: await firstAnswer };
  }

  /** Breaks all connections. */
  drop(): void {
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  /** Takes no connection any more, and breaks those that are there. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = null;
    this.drop();
  }

  /** Takes connections again. @param target where they lead to now */
  async accept(target: number = this.#target): Promise<void> {
    this.#target = target;
    for (let left = 3000; this.#listener === null; left--) {
      try {
        this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.#port });
      } catch (error) {
        // The port is free once all that was open has gone.
        if (left === 0 || !(error instanceof Deno.errors.AddrInUse)) throw error;
        await new Promise((done) => setTimeout(done, 10));
      }
    }
    this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    await Promise.all(this.#serving);
  }

  #serve(): void {
    const listener = this.#listener!;
    this.#serving.push((async () => {
      try {
        for await (const client of listener) this.#serving.push(this.#pass(client));
      } catch {
        // It was closed.
      }
    })());
  }

  async #pass(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(server);
      const session = { isLoad: false };
      await Promise.all([this.#toServer(client, server, session), this.#toClient(server, client, session)]);
    } catch {
      // The server is not there: its client finds out.
    }
    close(client);
  }

  async #toClient(server: Deno.Conn, client: Deno.Conn, session: Session): Promise<void> {
    await this.#pump(server, client, (bytes) => this.#handOn(client, bytes, session));
  }

  async #toServer(client: Deno.Conn, server: Deno.Conn, session: Session): Promise<void> {
    let waiting = new Uint8Array();
    let started = false;
    await this.#pump(client, server, async (bytes) => {
      waiting = joined(waiting, bytes);
      if (!started) {
        const length = waiting.length < 4 ? Infinity : uint32(waiting, 0);
        if (waiting.length < length) return;
        session.isLoad = new TextDecoder().decode(waiting.subarray(0, length)).includes(LOAD);
        await writeAll(server, waiting.subarray(0, length));
        waiting = waiting.slice(length);
        started = true;
      }
      for (let end; (end = batchEnd(waiting)) > 0;) {
        const batch = waiting.slice(0, end);
        waiting = waiting.slice(end);
        const answer = this.#answered(batch);
        if (answer === null) await writeAll(server, batch);
        else await this.#handOn(client, answer, session);
      }
    });
  }

  async #handOn(client: Deno.Conn, bytes: Uint8Array, { isLoad }: Session): Promise<void> {
    const afterMs = performance.now();
    await writeAll(client, bytes);
    if (!isLoad) return;
    this.#answer = { afterMs, byMs: performance.now() };
    this.#onAnswer?.(this.#answer);
    this.#onAnswer = null;
  }

  /** What a write is answered with that is kept from the server; null: it is not. */
  #answered(batch: Uint8Array): Uint8Array | null {
    const bound = boundSlot(batch);
    if (batch.at(-TYPED_HEADER) === SYNC) this.statements++;
    if (bound === null) return null;
    this.writes++;
    if (this.loseEvery === 0 || this.writes % this.loseEvery !== 0) return null;
    this.lost.push(Number(bound));
    return insertedAnswer(batch, bound);
  }

  async #pump(from: Deno.Conn, to: Deno.Conn, forward: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read; (read = await from.read(buffer)) !== null;) {
        while (this.#gate !== null) await this.#gate;
        await forward(buffer.slice(0, read));
      }
    } catch {
      // One side was closed: the other is closed with it.
    }
    for (const connection of [from, to]) {
      close(connection);
      this.#open.delete(connection);
    }
  }
}

/** Where the messages up to and with a Sync end, or the first one that no Sync follows; 0: it is not there as a whole. */
function batchEnd(bytes: Uint8Array): number {
  for (let at = 0; bytes.length >= at + TYPED_HEADER;) {
    const next = at + 1 + uint32(bytes, at + 1);
    if (next > bytes.length) return 0;
    if (!UNTIL_SYNC.has(bytes[at]!)) return next;
    at = next;
  }
  return 0;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
