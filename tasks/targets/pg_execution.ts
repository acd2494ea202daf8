import { parameterText } from "./pg_values.ts";
import { Frontend, MessageWriter } from "../postgres/wire.ts";
import type { Statement, Value } from "./target.ts";

const SYNC = new MessageWriter().begin(Frontend.sync).end().bytes;
const EXECUTE_AND_SYNC =
  new MessageWriter().begin(Frontend.execute).string("").int32(0).end().raw(SYNC).bytes;

/**
 * The messages that have a prepared statement done with its values: the same on every connection. Those written
 * last are remembered, so that they can be written before they are due.
 */
export class Execution {
  readonly #writer = new MessageWriter();
  #statement: Statement | null = null;
  #values: readonly Value[] | null = null;

  /** @returns the messages, valid until the next `write` */
  write(statement: Statement, values: readonly Value[]): MessageWriter {
    const writer = this.#writer;
    if (this.#values === values && this.#statement === statement) return writer;
    // Not before it is done: a value that has no text throws.
    this.#statement = this.#values = null;
    // All in text, parameters and results: no formats are named. The portal has no name either.
    writer.clear().begin(Frontend.bind).byte(0).string(preparedName(statement)).int16(0).int16(values.length);
    for (const value of values) writer.value(parameterText(value));
    writer.int16(0).end().raw(EXECUTE_AND_SYNC);
    this.#statement = statement;
    this.#values = values;
    return writer;
  }
}

/** What a connection calls a statement once it has prepared it. */
export function preparedName({ operationId, unnamed = false }: Statement): string {
  return unnamed ? "" : `op${operationId}`;
}
