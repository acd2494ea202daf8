import type { MoveSide } from "../model/client_gate.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import type { ConnectionEvent } from "./connection_log.ts";
import { Execution } from "./pg_execution.ts";
import { Pool } from "./pool.ts";
import type { SqlClient } from "./sql_client.ts";
import { SqlConnections, type SqlOptions } from "./sql_connections.ts";
import { type Call, complete, type Statement, type Target, type TargetGate } from "./target.ts";

/** What direct SQL needs. */
export interface SqlTargetOptions extends SqlOptions {
  /** The same database at another server, to which its connections may move meanwhile. */
  readonly movesTo?: string;
  /** All connections are used alike, see `Pool`; else those that are warm. */
  readonly inTurn?: boolean;
}

/** How long a lost connection waits before it is tried again: a dead server must not be hammered. */
const RECONNECT_MS = 100;

/**
 * Direct SQL: prepared statements over a fixed pool of connections. Values stay as PostgreSQL writes them
 * (dates and numerics as text): converting them would measure the client's taste in types.
 */
export class SqlTarget implements Target, TargetGate {
  readonly #options: SqlTargetOptions;
  readonly #execution = new Execution();
  readonly #servers: Record<MoveSide, SqlConnections | null> = { source: null, target: null };
  /** Whose connections the pool hands out. */
  #at: MoveSide = "source";
  #pool: Pool<SqlClient>;
  #closed = false;

  constructor(options: SqlTargetOptions) {
    this.#options = options;
    this.#pool = this.#poolOf([]);
  }

  async open(): Promise<void> {
    const connections = this.#connectionsTo(this.#options.url);
    await connections.open();
    this.#servers.source = connections;
    this.#pool = this.#poolOf(connections.clients);
  }

  prepare({ statement, values }: Call): void {
    this.#execution.write(statement, values);
  }

  run(call: Call): void {
    this.#pool.run(call);
  }

  connectionEvents(): readonly ConnectionEvent[] {
    return this.#servers[this.#at]?.log.take() ?? [];
  }

  get unlimited(): boolean {
    return this.#servers.source?.unlimited ?? false;
  }

  get gate(): TargetGate | undefined {
    return this.#options.movesTo === undefined ? undefined : this;
  }

  async prepareServer(at: MoveSide, statements: readonly Statement[]): Promise<void> {
    if (at === this.#at) return;
    const known = this.#servers[at];
    if (known !== null) return known.makeReady(statements);
    const server = this.#connectionsTo(this.#options.movesTo!);
    this.#servers[at] = server;
    try {
      await server.open(true);
      await server.makeReady(statements);
    } catch (error) {
      this.#servers[at] = null;
      await server.close();
      throw error;
    }
  }

  closeGate(onIdle: () => void): void {
    this.#pool.close(onIdle);
  }

  isReady(at: MoveSide): boolean {
    return at === this.#at || (this.#servers[at]?.whole ?? false);
  }

  openGate(at: MoveSide): void {
    if (at === this.#at) return this.#pool.open();
    // First: a connection that is lost as soon as it is used is opened anew at the new server.
    this.#at = at;
    this.#pool.open(this.#servers[at]!.clients);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const { source, target } = this.#servers;
    await Promise.all([source?.close(), target?.close()]);
  }

  #connectionsTo(url: string): SqlConnections {
    return new SqlConnections({ ...this.#options, url }, (client) => this.#pool.release(client));
  }

  #poolOf(clients: readonly SqlClient[]): Pool<SqlClient> {
    return new Pool(clients, (client, call) => {
      if (this.#closed) return this.#refuse(call);
      call.acquiredUs = this.#options.nowUs();
      if (client.connection.open) client.run(call, this.#execution);
      else void this.#healAndRun(client, call);
    }, this.#options.inTurn);
  }

  #refuse(call: Call): void {
    complete(call, this.#options.nowUs(), "failed", "08003");
    call.onDone();
  }

  async #healAndRun(client: SqlClient, call: Call): Promise<void> {
    call.abort = null;
    if (!await this.#servers[this.#at]!.heal(client)) {
      complete(call, this.#options.nowUs(), "failed", "08001");
      call.onDone();
      const network = this.#options.network ?? runtimeNetwork;
      network.later(RECONNECT_MS, () => this.#pool.release(client));
      return;
    }
    if (!call.completed) return client.run(call, this.#execution);
    // It was given up meanwhile, and a statement that no one waits for must not be sent.
    this.#pool.release(client);
    call.onDone();
  }
}
