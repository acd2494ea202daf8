import type { Channel, Network } from "../net/channel.ts";
import type { Inbox } from "../net/inbox.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import type { Cancel } from "../postgres/cancel.ts";
import { type PgError, readError } from "../postgres/error.ts";
import type { PgOptions } from "../postgres/options.ts";
import {
  type Parser,
  readRowDescription,
  readValues,
  type Row,
  type RowDescription,
  rowOf,
} from "./pg_rows.ts";
import type { PgListener } from "./pg_listener.ts";
import { preparedName } from "./pg_execution.ts";
import { withSession } from "./pg_session.ts";
import { AnswerOrder, isUnasked, lastWord } from "./pg_order.ts";
import {
  Backend,
  connectionLost,
  Frontend,
  HEADER,
  messageEnd,
  MessageWriter,
  mostBytes,
  notTheProtocol,
  outOfStep,
} from "../postgres/wire.ts";
import type { Statement } from "./target.ts";

/** A statement as this connection knows it. */
interface Prepared {
  readonly text: string;
  /** Null until the server has described it. */
  columns: RowDescription | null;
}

/** The plan's result type changed; the statement is not there (DISCARD, or a pooler gave another server). */
const MUST_PREPARE_ANEW: ReadonlySet<string> = new Set(["0A000", "26000"]);

/** Rows that are kept are for a proof: what is larger than this is none. */
const MOST_KEPT_BYTES = 256_000_000;

const NO_COLUMNS: RowDescription = { names: [], parsers: [] };
/** That Describe and Close mean a statement and no portal. */
const A_STATEMENT = "S".charCodeAt(0);

const SYNC = new MessageWriter().begin(Frontend.sync).end();
const TERMINATE = new MessageWriter().begin(Frontend.terminate).end().bytes;
const REFUSE_COPY = new MessageWriter().begin(Frontend.copyFail).string("there is nothing to copy").end()
  .begin(Frontend.sync).end().bytes;

/**
 * One connection to PostgreSQL, one statement at a time, each parsed once and then sent with its values in a
 * single write. Answers are counted by walking the headers of their messages; their values are decoded only
 * where they are wanted. A general client takes more than twice the CPU, which a load on the server's machine
 * takes from the server.
 */
export class PgConnection {
  readonly #channel: Channel;
  readonly #inbox: Inbox;
  readonly #parserOf: (oid: number) => Parser;
  readonly #writer = new MessageWriter();
  readonly #prepared = new Map<number, Prepared>();
  readonly #order = new AnswerOrder();
  /** How its statements can be cancelled; null where the server gives no key. */
  readonly cancel: Cancel | null;
  /** Told once when it is closed, from whichever side. */
  onLost: ((error: Error) => void) | null = null;
  #open = true;

  // Of the statement under way.
  #listener: PgListener | null = null;
  #statement: Statement | null = null;
  #current: Prepared | null = null;
  #preparing = false;
  #error: Error | null = null;
  #rows = 0;
  #bytes = 0;
  #answer: Row[] | null = null;

  private constructor(channel: Channel, cancel: Cancel | null, parserOf: (oid: number) => Parser) {
    this.#channel = channel;
    this.#inbox = channel.inbox;
    this.cancel = cancel;
    this.#parserOf = parserOf;
    // A connection that ends while idle is known to be lost before it is used.
    this.#inbox.onBytes = () => this.#walk();
    this.#inbox.onEnd = (error) => this.#ended(error);
    // What came behind the server's readiness.
    this.#walk();
    if (this.#inbox.ended !== null) this.#ended(this.#inbox.ended.error);
  }

  /**
   * Opens a session.
   * @param timeoutMs for all of it, from the address to the server's readiness
   * @param parserOf what turns the values of a type into the program's
   * @param network opens what needs no TLS
   * @throws {PgError} what the server says; the system's error where it was not reached.
   */
  static async connect(
    options: PgOptions,
    timeoutMs: number,
    parserOf: (oid: number) => Parser,
    network: Network = runtimeNetwork,
  ): Promise<PgConnection> {
    return await withSession(
      options,
      timeoutMs,
      network,
      ({ channel, start: { key }, way }) =>
        new PgConnection(channel, key === null ? null : { key, way }, parserOf),
    );
  }

  /** False once it was closed, from whichever side. */
  get open(): boolean {
    return this.#open;
  }

  /**
   * Sends a statement; the one before must have been replied to.
   * @param execution the messages that have it done with its values, see `Execution`; null to prepare it only
   * @param keep whether the reply carries the rows
   */
  ask(statement: Statement, execution: MessageWriter | null, keep: boolean, listener: PgListener): void {
    this.#listener = listener;
    this.#statement = statement;
    this.#error = null;
    this.#rows = 0;
    this.#bytes = 0;
    this.#answer = keep ? [] : null;
    const known = this.#prepared.get(statement.operationId);
    this.#preparing = execution === null || statement.unnamed === true || known?.text !== statement.text;
    this.#current = this.#preparing ? { text: statement.text, columns: null } : known!;
    this.#order.begin(this.#preparing, execution === null);
    const whole = this.#preparing ? this.#withParse(statement, execution ?? SYNC) : execution!;
    listener.onSent();
    this.#channel.send(whole.buffer, whole.length);
  }

  /** Ends the session; a statement under way fails. */
  async end(): Promise<void> {
    if (!this.#open) return;
    // Said, so that the server's log does not complain; a busy one could let us wait.
    if (this.#listener === null) {
      this.#channel.send(TERMINATE, TERMINATE.length);
      // A write by Deno's loop has begun then; what is closed before is not sent.
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.close();
  }

  /** Ends the connection at once; a statement under way fails. */
  close(): void {
    this.#lose(connectionLost("the connection was closed"));
  }

  #withParse(statement: Statement, execution: MessageWriter): MessageWriter {
    this.#prepared.delete(statement.operationId);
    const name = preparedName(statement);
    return this.#writer.clear()
      // A statement of this name may be there; to close one that is not is no error.
      .begin(Frontend.close).byte(A_STATEMENT).string(name).end()
      .begin(Frontend.parse).string(name).string(statement.text).int16(0).end()
      .begin(Frontend.describe).byte(A_STATEMENT).string(name).end()
      .raw(execution.bytes);
  }

  #ended(error: Error | null): void {
    this.#lose(this.#error ?? (error === null ? connectionLost() : asLost(error)));
  }

  /** Goes over the messages that have arrived. */
  #walk(): void {
    const inbox = this.#inbox;
    const { bytes, end } = inbox;
    let at = inbox.start;
    while (end - at >= HEADER) {
      const type = bytes[at]!;
      if (this.#order.idle && !isUnasked(type)) break;
      let next: number;
      try {
        next = messageEnd(bytes, at);
        // Nothing is made of some: they need not be there as a whole, however long they are.
        if (!this.#skips(type)) {
          if (next - at - HEADER > mostBytes(type)) throw notTheProtocol();
          if (next > end) break;
        }
      } catch (error) {
        // The answer before it was whole.
        if (this.#order.idle && this.#current !== null) this.#finish();
        return this.#lose(asLost(error));
      }
      this.#bytes += next - at;
      try {
        this.#order.take(type);
        if (!this.#skips(type)) this.#take(type, at + HEADER, next);
        else if (type === Backend.dataRow) this.#rows++;
      } catch (error) {
        return this.#lose(outOfStep(error));
      }
      if (!this.#open) return;
      at = next;
    }
    inbox.start = at;
    if (!this.#order.idle) return;
    if (this.#current !== null) this.#finish();
    // Nothing was asked for it: the next statement's answer cannot have come yet.
    if (at >= end || isUnasked(bytes[at]!)) return;
    const word = lastWord(bytes, at, end);
    if (word !== null) this.#lose(word);
  }

  #skips(type: number): boolean {
    return type === Backend.dataRow ? this.#answer === null : type === Backend.copyData;
  }

  #take(type: number, body: number, end: number): void {
    const { bytes } = this.#inbox;
    switch (type) {
      case Backend.dataRow:
        this.#keep(body, end);
        break;
      case Backend.readyForQuery:
        if (end - body !== 1) throw notTheProtocol();
        break;
      case Backend.rowDescription:
        this.#current!.columns = readRowDescription(bytes, body, end, this.#parserOf);
        break;
      case Backend.noData:
        this.#current!.columns = NO_COLUMNS;
        break;
      case Backend.copyIn:
        this.#channel.send(REFUSE_COPY, REFUSE_COPY.length);
        break;
      case Backend.error: {
        const error = readError(bytes, body, end);
        if (error.endsConnection) this.#lose(error);
        else this.#error = error;
      }
    }
  }

  #keep(body: number, end: number): void {
    this.#rows++;
    if (this.#bytes > MOST_KEPT_BYTES) throw connectionLost("the answer is too large to be kept");
    const columns = this.#current!.columns!;
    const values = readValues(this.#inbox.bytes, body, end, columns);
    try {
      this.#answer!.push(rowOf(values, columns));
    } catch (error) {
      // A value that its parser refuses is the statement's failure, not the connection's.
      this.#error ??= error as Error;
    }
  }

  #finish(): void {
    const current = this.#current!;
    const { operationId } = this.#statement!;
    if (MUST_PREPARE_ANEW.has((this.#error as PgError | null)?.code ?? "")) {
      this.#prepared.delete(operationId);
    } else if (this.#preparing && current.columns !== null) {
      this.#prepared.set(operationId, current);
    }
    this.#reply(this.#error);
  }

  #lose(error: Error): void {
    if (!this.#open) return;
    this.#open = false;
    this.#channel.close();
    this.onLost?.(error);
    this.#reply(error);
  }

  #reply(error: Error | null): void {
    const listener = this.#listener;
    if (listener === null) return;
    const reply = { error, rows: this.#rows, bytes: this.#bytes, answer: this.#answer };
    this.#listener = null;
    this.#current = null;
    this.#answer = null;
    listener.onReply(reply);
  }
}

function asLost(error: unknown): Error {
  if ((error as { code?: string }).code === "ECONNRESET") return error as Error;
  return connectionLost((error as Error).message, error);
}
