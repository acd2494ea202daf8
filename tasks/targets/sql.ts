import { types } from "pg";
import type { Network } from "../net/channel.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { ServiceError } from "../model/errors.ts";
import { Execution } from "./pg_execution.ts";
import { PgConnection, type PgListener, type PgReply } from "./pg_connection.ts";
import { type PgOptions, readPgOptions } from "../postgres/options.ts";
import type { Parser } from "./pg_rows.ts";
import { Pool } from "./pool.ts";
import { endsConnection, sqlErrorCode } from "./sql_error.ts";
import { type Call, settle, type Target } from "./target.ts";

/** What direct SQL needs. */
export interface SqlTargetOptions {
  readonly url: string;
  readonly connections: number;
  /** What the server knows its connections by: their application_name. */
  readonly session?: string;
  readonly nowUs: () => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
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
  readonly #execution = new Execution();
  #pgOptions: PgOptions | null = null;
  #pool = this.#poolOf([]);
  #lanes: Lane[] = [];
  #closed = false;

  constructor(options: SqlTargetOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { url, connections, session = "benchbook-load", nowUs } = this.#options;
    try {
      this.#pgOptions = readPgOptions(url, session);
      const opened = await Promise.allSettled(Array.from({ length: connections }, () => this.#connect()));
      this.#lanes = opened.flatMap((result) =>
        result.status === "fulfilled"
          ? [new Lane(result.value, nowUs, (lane) => this.#pool.release(lane))]
          : []
      );
      const failed = opened.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      await this.close();
      throw new ServiceError(
        `Cannot open ${connections} connections to PostgreSQL: ${(error as Error).message}`,
        "Check that it runs and that max_connections leaves room.",
        { cause: error },
      );
    }
    this.#pool = this.#poolOf(this.#lanes);
  }

  prepare({ statement, values }: Call): void {
    this.#execution.write(statement, values);
  }

  run(call: Call): void {
    this.#pool.run(call);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#lanes.map(({ connection }) => connection.end()));
  }

  #poolOf(lanes: readonly Lane[]): Pool<Lane> {
    return new Pool(lanes, (lane, call) => {
      call.acquiredUs = this.#options.nowUs();
      if (lane.connection.open) lane.run(call, this.#execution);
      else void this.#healAndRun(lane, call);
    });
  }

  async #healAndRun(lane: Lane, call: Call): Promise<void> {
    call.abort = null;
    if (!await this.#heal(lane)) {
      settle(call, this.#options.nowUs(), "failed", "08001");
      call.onDone();
      const { network = runtimeNetwork } = this.#options;
      network.later(RECONNECT_MS, () => this.#pool.release(lane));
      return;
    }
    if (!call.settled) return lane.run(call, this.#execution);
    // It was given up meanwhile, and a statement that no one waits for must not be sent.
    this.#pool.release(lane);
    call.onDone();
  }

  #connect(): Promise<PgConnection> {
    return PgConnection.connect(this.#pgOptions!, CONNECT_TIMEOUT_MS, parserOf, this.#options.network);
  }

  /** Opens a lost connection anew in its old place. */
  async #heal(lane: Lane): Promise<boolean> {
    if (this.#closed) return false;
    try {
      lane.connection = await this.#connect();
    } catch {
      return false;
    }
    if (this.#closed) await lane.connection.end();
    return lane.connection.open;
  }
}

/** A place in the pool: a connection, and the call on it. */
class Lane implements PgListener {
  connection: PgConnection;
  readonly #nowUs: () => number;
  readonly #release: (lane: Lane) => void;
  #call: Call | null = null;
  /** A statement cannot be taken back from a busy connection: giving up costs the connection. */
  readonly #abort = () => this.connection.close();

  constructor(connection: PgConnection, nowUs: () => number, release: (lane: Lane) => void) {
    this.connection = connection;
    this.#nowUs = nowUs;
    this.#release = release;
  }

  run(call: Call, execution: Execution): void {
    const { statement, values, keep } = call;
    this.#call = call;
    call.abort = this.#abort;
    this.connection.ask(statement, execution.write(statement, values), keep, this);
  }

  onSent(): void {
    this.#call!.sentUs = this.#nowUs();
  }

  onReply({ error, rows, bytes, answer }: PgReply): void {
    const call = this.#call!;
    if (error === null) {
      settle(call, this.#nowUs(), "ok", null);
      call.rows = rows;
      call.bytes = bytes;
      if (call.keep) call.answer = answer;
    } else {
      const code = sqlErrorCode(error);
      settle(call, this.#nowUs(), "failed", code);
      // The server says so before it hangs up: the next request must not find out.
      if (endsConnection(code)) this.connection.close();
      if (call.keep) call.answer = error;
    }
    this.#call = null;
    this.#release(this);
    call.onDone();
  }
}

const KEPT_AS_TEXT = new Set([1082, 1114, 1184, 1083, 1266, 1186]);

/** Dates and times stay text: node's Date would lose microseconds and bend them to the local zone. */
function parserOf(oid: number): Parser {
  if (KEPT_AS_TEXT.has(oid)) return (text) => text;
  return types.getTypeParser(oid, "text") as Parser;
}
