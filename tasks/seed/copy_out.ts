import type { Client, Connection, Submittable } from "pg";

/**
 * Runs a `COPY … TO STDOUT` and hands over each row's line as the server sends it, with its newline.
 * @param onRow gets bytes that are valid only until it returns
 */
export async function copyOut(client: Client, sql: string, onRow: (line: Uint8Array) => void): Promise<void> {
  const copy = new CopyOut(sql, onRow);
  client.query(copy);
  await copy.done;
}

/** One COPY as pg's client runs it: called back with each message of the protocol, which is a row. */
class CopyOut implements Submittable {
  readonly #text: string;
  readonly #onRow: (line: Uint8Array) => void;
  readonly #done = Promise.withResolvers<void>();

  constructor(text: string, onRow: (line: Uint8Array) => void) {
    this.#text = text;
    this.#onRow = onRow;
    this.#done.promise.catch(() => {});
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  submit(connection: Connection): void {
    (connection as Connection & { query(text: string): void }).query(this.#text);
  }

  handleCopyData({ chunk }: { readonly chunk: Uint8Array }): void {
    this.#onRow(chunk);
  }

  handleError(error: Error): void {
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
