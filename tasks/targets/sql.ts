import type { Network } from "../net/channel.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { waitAtMost } from "../net/time_limit.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { refusesOptions } from "../model/session_limits.ts";
import { Execution } from "./pg_execution.ts";
import { PgConnection } from "./pg_connection.ts";
import { Cancels } from "./pg_cancels.ts";
import { type PgOptions, readPgOptions } from "../postgres/options.ts";
import { exactParser } from "./pg_exact.ts";
import { Pool } from "./pool.ts";
import { SqlClient } from "./sql_client.ts";
import { limited } from "./sql_limits.ts";
import { type Call, complete, type Target } from "./target.ts";

/** What direct SQL needs. */
export interface SqlTargetOptions {
  readonly url: string;
  readonly connections: number;
  /** Of all arms together, where others have connections too. */
  readonly ofAllArms?: number;
  /** What the server knows its connections by: their application_name. */
  readonly session?: string;
  /** PostgreSQL settings that its sessions begin with. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * How long a statement may run, ms: a session's own limit at the server, for what is given up and cannot be
   * cancelled. None without it.
   */
  readonly limitMs?: number;
  /** How long it may wait for a lock that somebody holds, ms; needs `limitMs`, and is that without it. */
  readonly lockMs?: number;
  /** Nothing that is asked writes: its sessions refuse it, where the server or its pooler lets them. */
  readonly readOnly?: boolean;
  readonly nowUs: () => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

/** How long a lost connection waits before it is tried again: a dead server must not be hammered. */
const RECONNECT_MS = 100;
const CONNECT_TIMEOUT_MS = 5000;
/** So long what is under way may take to be cancelled when all ends. */
const CLOSE_MS = 1000;

/**
 * Direct SQL: prepared statements over a fixed pool of connections. Values stay as PostgreSQL writes them
 * (dates and numerics as text): converting them would measure the client's taste in types.
 */
export class SqlTarget implements Target {
  readonly #options: SqlTargetOptions;
  readonly #execution = new Execution();
  #pgOptions: PgOptions | null = null;
  #pool = this.#poolOf([]);
  #clients: SqlClient[] = [];
  #closed = false;
  #unlimited = false;

  constructor(options: SqlTargetOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const {
      url,
      connections,
      ofAllArms = connections,
      session = "benchbook-load",
      settings = {},
      limitMs,
      lockMs,
      readOnly,
      nowUs,
    } = this.#options;
    try {
      const network = this.#network;
      const plain = withSettings(readPgOptions(url, session), settings);
      const wanted = limitMs === undefined
        ? plain
        : await limited(plain, { statementMs: limitMs, lockMs }, CONNECT_TIMEOUT_MS, network);
      this.#pgOptions = readOnly ? readOnlyOf(wanted) : wanted;
      const cancels = new Cancels(plain, network);
      const shared = { nowUs, network, cancels, release: (client: SqlClient) => this.#pool.release(client) };
      let opened = await this.#connectAll(connections);
      if (this.#pgOptions !== plain && opened.some(isRefused)) {
        // Not by SET either: a pooler would hand on the session, and with it our limits, to other clients.
        this.#pgOptions = plain;
        this.#unlimited = limitMs !== undefined;
        opened = await this.#connectAll(connections);
      }
      this.#clients = opened.flatMap((each) =>
        each.status === "fulfilled" ? [new SqlClient(each.value, shared)] : []
      );
      const failed = opened.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      await this.close();
      if (Object.keys(settings).length > 0 && isOfSettings(error)) {
        throw new UsageError(
          `Cannot begin sessions with ${Object.keys(settings).join(", ")}: ${(error as Error).message}`,
          "Correct session in the arm's file.",
          { cause: error },
        );
      }
      throw new ServiceError(
        `Cannot open ${counted(connections, "connection")} to PostgreSQL: ${(error as Error).message}`,
        `Check that it runs and that max_connections leaves room: each generator thread keeps ${ofAllArms}.`,
        { cause: error },
      );
    }
    this.#pool = this.#poolOf(this.#clients);
  }

  prepare({ statement, values }: Call): void {
    this.#execution.write(statement, values);
  }

  run(call: Call): void {
    this.#pool.run(call);
  }

  /** Whether the limit that was wanted is refused: by a pooler before the server. */
  get unlimited(): boolean {
    return this.#unlimited;
  }

  /** Cancels what is under way, waits for the end of that, if not for long, and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    const stopped = Promise.all(this.#clients.map((client) => client.stop()));
    await waitAtMost(CLOSE_MS, stopped, (ms, work) => this.#network.later(ms, work));
    await Promise.allSettled(this.#clients.map(({ connection }) => connection.end()));
  }

  #poolOf(clients: readonly SqlClient[]): Pool<SqlClient> {
    return new Pool(clients, (client, call) => {
      if (this.#closed) return this.#refuse(call);
      call.acquiredUs = this.#options.nowUs();
      if (client.connection.open) client.run(call, this.#execution);
      else void this.#healAndRun(client, call);
    });
  }

  #refuse(call: Call): void {
    complete(call, this.#options.nowUs(), "failed", "08003");
    call.onDone();
  }

  async #healAndRun(client: SqlClient, call: Call): Promise<void> {
    call.abort = null;
    if (!await this.#heal(client)) {
      complete(call, this.#options.nowUs(), "failed", "08001");
      call.onDone();
      this.#network.later(RECONNECT_MS, () => this.#pool.release(client));
      return;
    }
    if (!call.completed) return client.run(call, this.#execution);
    // It was given up meanwhile, and a statement that no one waits for must not be sent.
    this.#pool.release(client);
    call.onDone();
  }

  get #network(): Network {
    return this.#options.network ?? runtimeNetwork;
  }

  #connect(): Promise<PgConnection> {
    return PgConnection.connect(this.#pgOptions!, CONNECT_TIMEOUT_MS, exactParser, this.#network);
  }

  #connectAll(count: number): Promise<PromiseSettledResult<PgConnection>[]> {
    return Promise.allSettled(Array.from({ length: count }, () => this.#connect()));
  }

  /** Opens a lost connection anew in its old place. */
  async #heal(client: SqlClient): Promise<boolean> {
    if (this.#closed) return false;
    try {
      client.connection = await this.#connect();
    } catch {
      return false;
    }
    if (this.#closed) await client.connection.end();
    return client.connection.open;
  }
}

/** What an arm sets comes after the user's own options, and so holds. */
function withSettings(options: PgOptions, settings: Readonly<Record<string, string>>): PgOptions {
  const own = Object.entries(settings).map(([name, value]) =>
    // A backslash keeps what follows it from ending the option.
    `-c ${name}=${value.replace(/[\\\s]/g, "\\$&")}`
  );
  if (own.length === 0) return options;
  const { session } = options;
  const all = [...session.options === undefined ? [] : [session.options], ...own];
  return { ...options, session: { ...session, options: all.join(" ") } };
}

/** Whether a server refused a session for a setting that is unknown, has a wrong value or is not the role's to set. */
function isOfSettings(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  return refusesOptions(error) || ["22023", "42501", "42704", "55P02", "22P02"].includes(code);
}

/** Transactions of such a session are READ ONLY; the user's own options come after ours and so hold. */
function readOnlyOf(options: PgOptions): PgOptions {
  const { session } = options;
  const all = [
    "-c default_transaction_read_only=on",
    ...session.options === undefined ? [] : [session.options],
  ];
  return { ...options, session: { ...session, options: all.join(" ") } };
}

function isRefused(result: PromiseSettledResult<unknown>): boolean {
  return result.status === "rejected" && refusesOptions(result.reason);
}
