import pg from "pg";
import type { PgClient } from "../postgres/client.ts";

/** What pg's connection has and its types do not tell. */
type Connection = pg.Connection & { sync(): void };

/** What pg's query has and its types do not tell. */
interface Inner {
  handleCommandComplete(message: object, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}

const Base = pg.Query as unknown as new (
  config: pg.QueryConfig & { readonly rows: number },
  done: (error: Error | null, result: pg.QueryResult) => void,
) => pg.Submittable & Inner;

/** As many rows at once as the protocol can ask for: all of them. */
const ALL_ROWS = 2 ** 31 - 1;

/**
 * A statement that has a transaction by itself is committed by the message that ends its exchange (Sync), and not before.
 * pg holds that back until the rows are there where it asks for so many at once; this one until `before` has ended, too.
 */
class HeldQuery extends Base {
  #ended = false;

  constructor(
    config: pg.QueryConfig,
    readonly before: () => Promise<unknown>,
    done: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super({ ...config, rows: ALL_ROWS }, done);
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    const end = () => {
      this.#ended = true;
      super.handleCommandComplete(message, connection);
    };
    this.before().then(end, end);
  }

  override handleError(error: Error, connection: Connection): void {
    // Until then the server reads nothing more. What fails in being committed has had it.
    if (!this.#ended) connection.sync();
    super.handleError(error, connection);
  }
}

/**
 * Runs a statement, and does something while what it did still holds: before it is committed, where it has a transaction by
 * itself. One that cannot be part of a transaction, as CREATE INDEX CONCURRENTLY, has ended by then. Outside of an explicit
 * BEGIN … COMMIT it is what it would be alone.
 * @param before what it throws is of no account
 * @throws what the server says
 */
export function runHeld(
  client: PgClient,
  { text, values }: { readonly text: string; readonly values?: readonly unknown[] },
  before: () => Promise<unknown>,
): Promise<pg.QueryResult> {
  const { promise, resolve, reject } = Promise.withResolvers<pg.QueryResult>();
  const query = new HeldQuery(
    { text, values: [...values ?? []] },
    before,
    (error, result) => error === null ? resolve(result) : reject(error),
  );
  client.query(query);
  return promise;
}
