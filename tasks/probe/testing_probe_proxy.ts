/** A pause as the proxy made it, in the clock of `performance.now()`, ms. */
export interface MadePause {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What the first message of a session begins with: it alone has no type. */
const TYPED_HEADER = 5;
const [BIND, EXECUTE, SYNC] = ["B", "E", "S"].map((letter) => letter.charCodeAt(0));

/** A way to a server on which a test does what switch-overs and networks do. */
export class ProbeProxy implements AsyncDisposable {
  /** Writes that were answered though the server never got them: the slots that they gave. */
  readonly lost: number[] = [];
  /** Statements that came from clients. */
  statements = 0;
  /** Every so many-th write is answered here; 0: none. */
  loseEvery = 0;
  #writes = 0;
  #target: number;
  #listener: Deno.TcpListener | null;
  readonly #port: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #serving: Promise<void>[] = [];
  #gate: Promise<void> | null = null;

  /** @param target a port of this machine */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
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

  /** Forwards nothing for so long, in either direction. */
  async pause(ms: number): Promise<MadePause> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    const fromMs = performance.now();
    await new Promise((done) => setTimeout(done, ms));
    this.#gate = null;
    const untilMs = performance.now();
    resolve();
    return { fromMs, untilMs };
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
    for (let left = 200; this.#listener === null; left--) {
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
      await Promise.all([this.#toServer(client, server), this.#toClient(server, client)]);
    } catch {
      // The server is not there: its client finds out.
    }
    close(client);
  }

  async #toClient(server: Deno.Conn, client: Deno.Conn): Promise<void> {
    await this.#pump(server, client, (bytes) => writeAll(client, bytes));
  }

  async #toServer(client: Deno.Conn, server: Deno.Conn): Promise<void> {
    let waiting = new Uint8Array();
    let started = false;
    await this.#pump(client, server, async (bytes) => {
      waiting = joined(waiting, bytes);
      if (!started) {
        const length = waiting.length < 4 ? Infinity : uint32(waiting, 0);
        if (waiting.length < length) return;
        await writeAll(server, waiting.subarray(0, length));
        waiting = waiting.slice(length);
        started = true;
      }
      for (let end; (end = batchEnd(waiting)) > 0;) {
        const batch = waiting.slice(0, end);
        waiting = waiting.slice(end);
        const answer = this.#answered(batch);
        if (answer === null) await writeAll(server, batch);
        else await writeAll(client, answer);
      }
    });
  }

  /** What a write is answered with that is kept from the server; null: it is not. */
  #answered(batch: Uint8Array): Uint8Array | null {
    const bound = boundSlot(batch);
    if (batch.at(-TYPED_HEADER) === SYNC) this.statements++;
    if (bound === null || this.loseEvery === 0 || ++this.#writes % this.loseEvery !== 0) return null;
    this.lost.push(Number(bound));
    const text = new TextEncoder().encode(bound);
    const row = new Uint8Array(TYPED_HEADER + 6 + text.length);
    row[0] = "D".charCodeAt(0);
    new DataView(row.buffer).setUint32(1, row.length - 1);
    new DataView(row.buffer).setUint16(5, 1);
    new DataView(row.buffer).setUint32(7, text.length);
    row.set(text, 11);
    const [bindComplete, ready] = [[0x32, 0, 0, 0, 4], [0x5a, 0, 0, 0, 5, 0x49]];
    const done = new TextEncoder().encode("C\0\0\0\x0fINSERT 0 1\0");
    return joined(joined(Uint8Array.from(bindComplete), row), joined(done, Uint8Array.from(ready)));
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

/** Where the messages up to and with a Sync end, or else the last whole one; 0: there is none. */
function batchEnd(bytes: Uint8Array): number {
  let end = 0;
  while (bytes.length >= end + TYPED_HEADER) {
    const next = end + 1 + uint32(bytes, end + 1);
    if (next > bytes.length) break;
    const isSync = bytes[end] === SYNC;
    end = next;
    if (isSync) break;
  }
  return end;
}

/** The first value of a batch that is a Bind of two values, an Execute and a Sync; null: it is none. */
function boundSlot(batch: Uint8Array): string | null {
  if (batch[0] !== BIND) return null;
  const bindEnd = 1 + uint32(batch, 1);
  if (batch[bindEnd] !== EXECUTE) return null;
  let at = TYPED_HEADER;
  for (let names = 0; names < 2; names++) at = batch.indexOf(0, at) + 1;
  const formats = uint16(batch, at);
  at += 2 + 2 * formats;
  if (uint16(batch, at) !== 2) return null;
  const length = uint32(batch, at + 2);
  return new TextDecoder().decode(batch.subarray(at + 6, at + 6 + length));
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

function uint16(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(at);
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
