import { Client, type ClientConfig, types } from "pg";
import { ServiceError } from "../model/errors.ts";
import { Pool } from "./pool.ts";
import { type Call, settle, type Target } from "./target.ts";
import { endsConnection, sqlErrorCode } from "./sql_error.ts";

export interface SqlTargetOptions {
  readonly url: string;
  readonly connections: number;
  readonly nowUs: () => number;
}

interface Connection {
  client: Client;
  healthy: boolean;
}

/** How long a lost connection waits before it is tried again: a dead server must not be hammered. */
const RECONNECT_MS = 100;
const CONNECT_TIMEOUT_MS = 5000;

/**
 * Direct SQL: prepared statements over a fixed pool of connections. Values stay as PostgreSQL writes them
 * (dates and numerics as text): converting them would measure the client's taste in types.
 */
export class SqlTarget implements Target {
  readonly #options: SqlTargetOptions;
  #pool = new Pool<Connection>([]);
  #connections: Connection[] = [];
  #closed = false;

  constructor(options: SqlTargetOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    try {
      this.#connections = await Promise.all(
        Array.from({ length: this.#options.connections }, () => this.#connect()),
      );
    } catch (error) {
      throw new ServiceError(
        `Cannot open ${this.#options.connections} connections to PostgreSQL: ${(error as Error).message}`,
        "Check that it runs and that max_connections leaves room.",
        { cause: error },
      );
    }
    this.#pool = new Pool(this.#connections);
  }

  async run(call: Call): Promise<void> {
    const taken = this.#pool.take(call);
    const connection = taken instanceof Promise ? await taken : taken;
    if (connection === null) return;
    call.acquiredUs = this.#options.nowUs();
    if (!connection.healthy && !await this.#heal(connection)) {
      settle(call, this.#options.nowUs(), "failed", "08001");
      await pause(RECONNECT_MS);
      return this.#pool.release(connection);
    }
    await this.#ask(connection, call);
    this.#pool.release(connection);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#connections.map(({ client }) => client.end()));
  }

  async #ask(connection: Connection, call: Call): Promise<void> {
    const { client } = connection;
    const { statement, values } = call;
    // A statement cannot be taken back from a busy connection: giving up costs the connection.
    call.abort = () => {
      connection.healthy = false;
      void client.end().catch(() => {});
    };
    const stream = (client as unknown as { connection: { stream: { bytesRead: number } } }).connection.stream;
    const bytesBefore = stream.bytesRead;
    call.sentUs = this.#options.nowUs();
    try {
      const result = await client.query({
        name: `op${statement.operationId}`,
        text: statement.text,
        values: values as unknown[],
      });
      settle(call, this.#options.nowUs(), "ok", null);
      call.rows = result.rows.length;
      call.bytes = stream.bytesRead - bytesBefore;
      if (call.keep) call.answer = result.rows;
    } catch (error) {
      const code = sqlErrorCode(error);
      settle(call, this.#options.nowUs(), "failed", code);
      // The server says so before it hangs up: the next request must not find out.
      if (endsConnection(code)) connection.healthy = false;
      if (call.keep) call.answer = error;
    }
  }

  /** Opens a connection, or a lost one anew in its old place. */
  async #connect(place?: Connection): Promise<Connection> {
    const config: ClientConfig = {
      connectionString: this.#options.url,
      application_name: "benchbook-load",
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      types: { getTypeParser: textParser },
    };
    const client = new Client(config);
    const connection = place ?? { client, healthy: false };
    const lost = () => {
      if (connection.client === client) connection.healthy = false;
    };
    // Without a listener a connection lost while idle would end the whole worker.
    client.on("error", lost);
    client.on("end", lost);
    await client.connect();
    connection.client = client;
    connection.healthy = true;
    return connection;
  }

  async #heal(connection: Connection): Promise<boolean> {
    if (this.#closed) return false;
    try {
      await this.#connect(connection);
      return true;
    } catch {
      return false;
    }
  }
}

const KEPT_AS_TEXT = new Set([1082, 1114, 1184, 1083, 1266, 1186]);

/** Dates and times stay text: node's Date would lose microseconds and bend them to the local zone. */
function textParser(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  if (KEPT_AS_TEXT.has(oid)) return (text) => text;
  return types.getTypeParser(oid, format as "text") as (text: string) => unknown;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
