import pg from "pg";
import type { MoveSide } from "../../model/client_gate.ts";

/** Where a closed pool is not told that a client has gone, it looks so often. */
const LOOK_MS = 2;

/** What makes the clients of a server. */
export type MakeClient = typeof pg.Client;

/**
 * Clients of PostgreSQL for PostGraphile: pg's pool behind a gate, see `ClientGate`. Another server's clients are in a
 * pool of their own, of the same size.
 */
export class GatedPool {
  readonly #max: number;
  readonly #pools: Partial<Record<MoveSide, ListedPool>>;
  #at: MoveSide = "source";
  #pool: ListedPool;
  /** While it is closed. */
  #opened: PromiseWithResolvers<void> | null = null;
  #closings = 0;

  /** @param max clients of each server */
  constructor(max: number, source: MakeClient) {
    this.#max = max;
    this.#pool = new ListedPool(max, source);
    this.#pools = { source: this.#pool };
  }

  /** A client, to be released by its own `release`. */
  connect(): Promise<pg.PoolClient> {
    return this.#opened === null ? this.#pool.connect() : this.#opened.promise.then(() => this.connect());
  }

  /**
   * Opens all of a server's clients, or those that were lost, and has them prepare what those in use have prepared.
   * @param makeClient asked where none of that server's are known yet
   * @throws what the server or the system says
   */
  async prepare(at: MoveSide, makeClient: () => Promise<MakeClient>): Promise<void> {
    if (at === this.#at) return;
    const pool = this.#pools[at] ?? new ListedPool(this.#max, await makeClient());
    try {
      await dropLost(pool);
      await fill(pool, this.#max, this.#pool.prepared);
      this.#pools[at] = pool;
    } catch (error) {
      if (pool !== this.#pools[at]) await pool.end();
      throw error;
    }
  }

  /**
   * Hands out no client from now on. Resolves when none is in use, or wanted by who asked before.
   * @throws the signal's reason; the gate is open again then
   */
  async close(signal: AbortSignal): Promise<void> {
    this.#opened ??= Promise.withResolvers();
    const nth = ++this.#closings;
    const pool = this.#pool;
    const isIdle = () => pool.waitingCount === 0 && pool.totalCount === pool.idleCount;
    try {
      await untilHolds(pool, isIdle, signal);
    } catch (error) {
      // That somebody has gone may show after another one has closed it anew.
      if (nth === this.#closings) this.#open();
      throw error;
    }
  }

  /** Hands out clients of a server that was prepared, and opens those anew that were lost since. @throws as `prepare` */
  async open(at: MoveSide): Promise<void> {
    const pool = this.#pools[at];
    if (pool === undefined) throw new Error(`The ${at} was not prepared`);
    // What was lost where it led before is opened anew when it is used, as ever.
    if (at !== this.#at && pool.totalCount < this.#max) await fill(pool, this.#max);
    this.#at = at;
    this.#pool = pool;
    this.#open();
  }

  /** Ends all clients. None may be in use. */
  async end(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()));
  }

  #open(): void {
    this.#opened?.resolve();
    this.#opened = null;
  }
}

/** pg's pool, which tells who is in it. */
class ListedPool extends pg.Pool {
  readonly clients = new Set<pg.PoolClient>();

  constructor(max: number, Client: MakeClient) {
    // An idle connection that is closed and opened again would be measured as latency.
    super({ max, idleTimeoutMillis: 0, Client });
    const log = ({ message }: Error) => {
      if (!this.ending) console.error("A connection to PostgreSQL is lost:", message);
    };
    this.on("connect", (client) => {
      this.clients.add(client);
      client.on("error", log);
    });
    this.on("remove", (client) => this.clients.delete(client));
    this.on("error", log);
  }

  /** What any of its clients has prepared, by name. */
  get prepared(): Record<string, string> {
    return Object.assign({}, ...[...this.clients].map(preparedBy));
  }
}

/** One after another: a server that starts many sessions at once has no time for others. */
async function fill(pool: ListedPool, max: number, statements: Record<string, string> = {}): Promise<void> {
  const clients: pg.PoolClient[] = [];
  try {
    while (clients.length < max) clients.push(await pool.connect());
    for (const client of clients) await learn(client, statements);
  } finally {
    for (const client of clients) client.release();
  }
}

/** What a client knows that it has prepared, by name: pg itself looks there, and prepares what it does not find. */
function preparedBy(client: pg.PoolClient): Record<string, string> {
  return (client as unknown as { connection: { parsedStatements: Record<string, string> } }).connection
    .parsedStatements;
}

/** Has a client prepare statements: who asks them first need not wait for that. */
async function learn(client: pg.PoolClient, statements: Record<string, string>): Promise<void> {
  const prepared = preparedBy(client);
  for (const [name, text] of Object.entries(statements)) {
    if (name in prepared) continue;
    try {
      await client.query(`PREPARE ${pg.escapeIdentifier(name)} AS ${text}`);
      prepared[name] = text;
    } catch {
      // It is prepared when it is asked, and fails then if it must.
    }
  }
}

/** Drops those that turn out to be lost when they are asked something. */
async function dropLost(pool: ListedPool): Promise<void> {
  const clients = await Promise.all(Array.from({ length: pool.idleCount }, () => pool.connect()));
  for (const client of clients) {
    await client.query("").then(() => client.release(), (error) => client.release(error));
  }
}

async function untilHolds(pool: pg.Pool, holds: () => boolean, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (holds() || signal.aborted) resolve();
  };
  // A client that is released is idle a moment later; of one that could not be opened nobody tells.
  const released = () => queueMicrotask(look);
  const timer = setInterval(look, LOOK_MS);
  pool.on("release", released);
  signal.addEventListener("abort", look);
  look();
  await promise;
  signal.removeEventListener("abort", look);
  pool.off("release", released);
  clearInterval(timer);
  signal.throwIfAborted();
}
