import type { Network } from "../net/channel.ts";
import type { PgConnection } from "./pg_connection.ts";
import type { PgListener, PgReply } from "./pg_listener.ts";
import type { Cancels } from "./pg_cancels.ts";
import type { Execution } from "./pg_execution.ts";
import { endsConnection, sqlErrorCode } from "./sql_error.ts";
import { type Call, complete, type Statement } from "./target.ts";

/**
 * A cancelled statement that has not ended is cancelled anew after so long: a server that had no time for it yet has taken the
 * request for one about nothing.
 */
const AGAIN_MS = 200;

/** What all clients of a target share. */
export interface SqlClientOptions {
  readonly nowUs: () => number;
  readonly network: Network;
  readonly cancels: Cancels;
  /** A cancelled statement has this long to end, ms; then the connection is closed, and with it what is left. */
  readonly drainMs: number;
  /** Its connection is free again, or lost. */
  readonly release: (client: SqlClient) => void;
}

/** A statement that a server does not take. */
export interface RefusedStatement {
  readonly statement: Statement;
  readonly error: Error;
}

/** A place in the pool: a connection, and the call on it. */
export class SqlClient implements PgListener {
  connection: PgConnection;
  readonly #options: SqlClientOptions;
  #call: Call | null = null;
  /** While the server is asked to cancel: what takes that back. */
  #withdraw: (() => boolean) | null = null;
  /** The call whose statement ended while the server was being asked to cancel it. */
  #ended: Call | null = null;
  /** While a statement that is given up is to be cancelled anew: what takes that back. */
  #forgetAgain: (() => void) | null = null;
  #onFree = () => {};
  /** Once for all calls: on the measured path nothing is made for what rarely happens. */
  readonly #abort = () => this.#giveUp();

  constructor(connection: PgConnection, options: SqlClientOptions) {
    this.connection = connection;
    this.#options = options;
  }

  run(call: Call, execution: Execution): void {
    const { statement, values, keep } = call;
    this.#call = call;
    call.abort = this.#abort;
    this.connection.ask(statement, execution.write(statement, values), keep !== false, this);
  }

  /** Has its connection know some statements, as far as it goes on. @returns what the server says against them */
  learn(statements: readonly Statement[]): Promise<RefusedStatement[]> {
    const refused: RefusedStatement[] = [];
    return new Promise((resolve) => {
      // By calls: a promise for each would wait for a turn of Deno's.
      const next = (nth: number) => {
        const statement = statements[nth];
        if (statement === undefined || !this.connection.open) return resolve(refused);
        const onReply = ({ error }: PgReply) => {
          if (error !== null) refused.push({ statement, error });
          next(nth + 1);
        };
        this.connection.ask(statement, null, false, { onSent: () => {}, onReply });
      };
      next(0);
    });
  }

  onSent(): void {
    this.#call!.sentUs = this.#options.nowUs();
  }

  onReply({ error, rows, bytes, answer }: PgReply): void {
    const call = this.#call!;
    if (error === null) {
      complete(call, this.#options.nowUs(), "ok", null);
      call.rows = rows;
      call.bytes = bytes;
      if (call.keep) call.answer = answer;
    } else {
      const code = sqlErrorCode(error);
      complete(call, this.#options.nowUs(), "failed", code);
      // The server says so before it hangs up: the next request must not find out.
      if (endsConnection(code)) this.connection.close();
      if (call.keep) call.answer = error;
    }
    this.#call = null;
    // A request to cancel that is on its way would hit the next statement: its end is waited for.
    if (this.#withdraw === null || this.#withdraw()) this.#free(call);
    else this.#ended = call;
  }

  /** Gives up what is under way. Resolves when nothing of it is left at the server, as far as that can be known. */
  stop(): Promise<void> {
    if (this.#call === null && this.#ended === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onFree = resolve;
      this.#giveUp();
    });
  }

  /**
   * A statement cannot be taken back from a busy connection, but cancelled by a request over another one. Where that
   * comes to nothing, giving up costs the connection.
   */
  #giveUp(): void {
    if (this.#call === null || this.#withdraw !== null || this.#forgetAgain !== null) return;
    this.#cancel(Math.ceil(this.#options.drainMs / AGAIN_MS));
  }

  #cancel(tries: number): void {
    const { connection } = this;
    this.#forgetAgain = null;
    if (connection.cancel === null || tries === 0) return connection.close();
    this.#withdraw = this.#options.cancels.ask(connection.cancel, (error) => {
      this.#withdraw = null;
      if (error !== null) connection.close();
      else if (this.#call !== null) {
        this.#forgetAgain = this.#options.network.later(AGAIN_MS, () => this.#cancel(tries - 1));
      }
      if (this.#ended !== null) this.#free(this.#ended);
    });
  }

  #free(call: Call): void {
    this.#withdraw = this.#ended = null;
    this.#forgetAgain?.();
    this.#forgetAgain = null;
    this.#options.release(this);
    call.onDone();
    this.#onFree();
  }
}
