import type { Network } from "../net/channel.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { waitAtMost } from "../net/time_limit.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { refusesOptions } from "../model/session_limits.ts";
import { ConnectionLog } from "./connection_log.ts";
import { PgConnection } from "./pg_connection.ts";
import { CANCEL_MS, Cancels } from "./pg_cancels.ts";
import { type PgOptions, readPgOptions } from "../postgres/options.ts";
import { exactParser } from "./pg_exact.ts";
import { SqlClient } from "./sql_client.ts";
import { sqlErrorCode } from "./sql_error.ts";
import { limited } from "./sql_limits.ts";
import type { Statement } from "./target.ts";

/** What connections for direct SQL are opened with. */
export interface SqlOptions {
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
  /** How long the server may take to be told of a cancellation, and then to end what is cancelled, ms; `CANCEL_MS` if absent. */
  readonly cancelMs?: number;
  readonly nowUs: () => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

const CONNECT_TIMEOUT_MS = 5000;
/**
 * Why a statement cannot be asked: a schema, table, column, function or right is missing. What else is said against it
 * beforehand may have gone when it is asked, as that a table has no primary key yet.
 */
const NEVER: ReadonlySet<string> = new Set(["3F000", "42P01", "42703", "42883", "42501"]);

/** A fixed number of connections to one server, each in a place of its own where it is opened anew when it was lost. */
export class SqlConnections {
  readonly #options: SqlOptions;
  readonly #release: (client: SqlClient) => void;
  /** What becomes of them. */
  readonly log: ConnectionLog;
  #pgOptions: PgOptions | null = null;
  #clients: SqlClient[] = [];
  #closed = false;
  #unlimited = false;

  /** @param release told when a connection is free again, or lost */
  constructor(options: SqlOptions, release: (client: SqlClient) => void) {
    this.#options = options;
    this.#release = release;
    this.log = new ConnectionLog(options.nowUs);
  }

  /**
   * @param oneByOne while others are measured: a server that starts many sessions at once has no time for them
   * @throws {UsageError} where the server refuses the settings that its sessions begin with
   * @throws {ServiceError} where it cannot be reached, or has no room
   */
  async open(oneByOne = false): Promise<void> {
    const { url, session = "benchbook-load", settings = {}, limitMs, lockMs, readOnly, nowUs } =
      this.#options;
    try {
      const network = this.#network;
      const plain = withSettings(readPgOptions(url, session), settings);
      const wanted = limitMs === undefined
        ? plain
        : await limited(plain, { statementMs: limitMs, lockMs }, CONNECT_TIMEOUT_MS, network);
      this.#pgOptions = readOnly ? readOnlyOf(wanted) : wanted;
      const cancels = new Cancels(plain, network, this.#cancelMs);
      const shared = { nowUs, network, cancels, drainMs: this.#cancelMs, release: this.#release };
      let opened = await this.#connectAll(oneByOne);
      if (this.#pgOptions !== plain && opened.some(isRefused)) {
        // Not by SET either: a pooler would hand on the session, and with it our limits, to other clients.
        this.#pgOptions = plain;
        this.#unlimited = limitMs !== undefined;
        opened = await this.#connectAll(oneByOne);
      }
      this.#clients = opened.flatMap((each) =>
        each.status === "fulfilled" ? [new SqlClient(each.value, shared)] : []
      );
      const failed = opened.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      if (this.#closed) throw new Error("it was given up");
      for (const client of this.#clients) this.#follow(client);
    } catch (error) {
      await this.close();
      throw this.#failure(error as Error);
    }
  }

  get clients(): readonly SqlClient[] {
    return this.#clients;
  }

  /** Whether all are open, as far as is known. */
  get whole(): boolean {
    return this.#clients.length === this.#options.connections &&
      this.#clients.every(({ connection }) => connection.open);
  }

  /** Whether the limit that was wanted is refused: by a pooler before the server. */
  get unlimited(): boolean {
    return this.#unlimited;
  }

  /**
   * Has all connections ready for these statements, and opens those anew that were lost. None may be in use.
   * @throws {ServiceError} where the server cannot be reached, or lacks what a statement needs
   */
  async makeReady(statements: readonly Statement[]): Promise<void> {
    for (const client of this.#clients) {
      // Whether it is lost may show only when it is asked something.
      if (client.connection.open && await knowsAll(client, statements)) continue;
      try {
        client.connection = await this.#connect();
      } catch (error) {
        throw this.#failure(error as Error);
      }
      if (!await knowsAll(client, statements)) throw this.#failure(new Error("the connection was lost"));
    }
  }

  /** Opens a lost connection anew in its old place. @returns whether it is open */
  async heal(client: SqlClient): Promise<boolean> {
    if (this.#closed) return false;
    try {
      client.connection = await this.#connect();
    } catch (error) {
      this.log.refused(error);
      return false;
    }
    if (this.#closed) await client.connection.end();
    else this.#follow(client, true);
    return client.connection.open;
  }

  /** Notes when a connection breaks. @param again whether it is there in place of one that did */
  #follow(client: SqlClient, again = false): void {
    const { connection } = client;
    if (!connection.open) return;
    if (again) this.log.regained(client);
    connection.onLost = (error) => {
      if (!this.#closed) this.log.lost(client, error);
    };
  }

  /** Cancels what is under way, waits for the end of that, if not for long, and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    const stopped = Promise.all(this.#clients.map((client) => client.stop()));
    await waitAtMost(this.#cancelMs, stopped, (ms, work) => this.#network.later(ms, work));
    await Promise.allSettled(this.#clients.map(({ connection }) => connection.end()));
  }

  get #network(): Network {
    return this.#options.network ?? runtimeNetwork;
  }

  get #cancelMs(): number {
    return this.#options.cancelMs ?? CANCEL_MS;
  }

  #connect(): Promise<PgConnection> {
    return PgConnection.connect(this.#pgOptions!, CONNECT_TIMEOUT_MS, exactParser, this.#network);
  }

  async #connectAll(oneByOne: boolean): Promise<PromiseSettledResult<PgConnection>[]> {
    const { connections } = this.#options;
    if (!oneByOne) return Promise.allSettled(Array.from({ length: connections }, () => this.#connect()));
    const opened: PromiseSettledResult<PgConnection>[] = [];
    while (opened.length < connections && opened.at(-1)?.status !== "rejected") {
      opened.push(...await Promise.allSettled([this.#connect()]));
    }
    return opened;
  }

  #failure(error: Error): Error {
    const { settings = {}, connections, ofAllArms = connections } = this.#options;
    if (Object.keys(settings).length > 0 && isOfSettings(error)) {
      return new UsageError(
        `Cannot begin sessions with ${Object.keys(settings).join(", ")}: ${error.message}`,
        "Correct session in the arm's file.",
        { cause: error },
      );
    }
    return new ServiceError(
      `Cannot open ${counted(connections, "connection")} to PostgreSQL: ${error.message}`,
      `Check that it runs and that max_connections leaves room: each generator thread keeps ${ofAllArms}.`,
      { cause: error },
    );
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

/**
 * Has a connection know some statements.
 * @returns whether it is not lost
 * @throws {ServiceError} where the server lacks what one of them needs
 */
async function knowsAll(client: SqlClient, statements: readonly Statement[]): Promise<boolean> {
  const refused = await client.learn(statements);
  for (const { statement: { name }, error } of refused) {
    if (!NEVER.has(sqlErrorCode(error))) continue;
    throw new ServiceError(
      `Cannot ask ${name}: PostgreSQL must have what it needs: ${error.message}`,
      "Make there what is missing, with the same names and rights.",
      { cause: error },
    );
  }
  return client.connection.open;
}

function isRefused(result: PromiseSettledResult<unknown>): boolean {
  return result.status === "rejected" && refusesOptions(result.reason);
}
