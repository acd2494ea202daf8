import type { Client, Connection, Submittable } from "pg";
import { InterruptedError } from "../model/errors.ts";
import { CopyWriter } from "./copy_writer.ts";
import type { Table } from "./dataset.ts";
import { RowSum } from "./row_hash.ts";
import { schemaSql } from "./sql.ts";

/** Blocks on their way to the server at once: one is filled while others are sent. */
const BLOCKS = 3;

export interface CopyOptions {
  /** Units from (inclusive) and to (exclusive). */
  readonly from: number;
  readonly to: number;
  /** The table was made or emptied in this transaction: rows are stored as frozen at once. */
  readonly freeze: boolean;
  readonly signal?: AbortSignal;
  /** Rows sent so far, at each block. */
  onRows?(rows: number): void;
}

/**
 * Streams a range of a table's units to the server by COPY and returns the rows sent and what they sum to. Belongs into
 * a transaction: for its rest a text means the same on every server.
 *
 * Blocks go to pg's own socket as finished CopyData messages: its `sendCopyFromChunk` would copy each one, and
 * a stream package would make a string a row. A block is filled again only when the socket has taken it, so
 * memory stays at three blocks however slow the server is.
 */
export async function copyTable(client: Client, table: Table, options: CopyOptions): Promise<RowSum> {
  await client.query(schemaSql("benchbook/pin.sql"));
  const columns = table.columns.join(", ");
  const copy = new CopyIn(
    `COPY ${table.relation} (${columns}) FROM STDIN${options.freeze ? " (FREEZE)" : ""}`,
  );
  client.query(copy);
  const connection = await copy.started;
  const sum = new RowSum();
  const free = Array.from({ length: BLOCKS }, () => new CopyWriter(undefined, sum));
  const sent: Promise<CopyWriter>[] = [];
  const send = (block: CopyWriter) => {
    sent.push(write(connection, block));
    options.onRows?.(sum.rows);
  };
  try {
    let block = free.pop()!;
    for (let unit = options.from; unit < options.to; unit++) {
      table.write(unit, block);
      if (!block.full) continue;
      send(block);
      block = free.pop() ?? await Promise.race([sent.shift()!, copy.failed]);
      block.reset();
      if (options.signal?.aborted) throw new InterruptedError();
    }
    if (block.rows > 0) send(block);
    await Promise.race([Promise.all(sent), copy.failed]);
    connection.endCopyFrom();
    await copy.done;
    return sum;
  } catch (error) {
    // The server then gives up the rows so far, and says so; the first error is the one that counts.
    if (!copy.ended) connection.sendCopyFail("interrupted");
    await copy.done.catch(() => {});
    throw table.refusal?.(error, options.from) ?? error;
  }
}

/** pg's connection with what its published types leave out. */
interface CopyConnection extends Connection {
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

function write(connection: CopyConnection, block: CopyWriter): Promise<CopyWriter> {
  const { promise, resolve, reject } = Promise.withResolvers<CopyWriter>();
  connection.stream.write(block.message(), (error) => error ? reject(error) : resolve(block));
  // It is awaited later; until then a failure must not count as unhandled.
  promise.catch(() => {});
  return promise;
}

/** One COPY as pg's client runs it: called back with each message of the protocol. */
class CopyIn implements Submittable {
  readonly #text: string;
  readonly #started = Promise.withResolvers<CopyConnection>();
  readonly #done = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();
  /** The server waits for no more rows. */
  ended = false;

  constructor(text: string) {
    this.#text = text;
    for (const { promise } of [this.#started, this.#done, this.#failed]) promise.catch(() => {});
  }

  /** The server is ready for rows. */
  get started(): Promise<CopyConnection> {
    return this.#started.promise;
  }

  /** Rejects as soon as the server refuses the rows; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** The server has taken all rows, and is ready for the next statement. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  submit(connection: Connection): void {
    (connection as CopyConnection).query(this.#text);
  }

  handleCopyInResponse(connection: Connection): void {
    this.#started.resolve(connection as CopyConnection);
  }

  /** After an error pg tells a query nothing more; it holds the next one back until the server is ready. */
  handleError(error: Error): void {
    this.ended = true;
    this.#started.reject(error);
    this.#failed.reject(error);
    this.#done.reject(error);
  }

  handleReadyForQuery(): void {
    this.#done.resolve();
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
