import { once } from "node:events";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { InterruptedError } from "../model/errors.ts";
import { CopyWriter } from "./copy_writer.ts";
import type { DatasetTable } from "./dataset.ts";
import { RowSum } from "./row_hash.ts";
import { schemaSql } from "./sql.ts";

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
 * One block is filled while the other is on its way, and filled again only when the socket has taken it, so memory
 * stays at two blocks however slow the server is.
 */
export async function copyTable(client: Client, table: DatasetTable, options: CopyOptions): Promise<RowSum> {
  await client.query(schemaSql("benchbook/pin.sql"));
  const columns = table.columns.join(", ");
  const copy = client.query(
    copyFrom(`COPY ${table.relation} (${columns}) FROM STDIN${options.freeze ? " (FREEZE)" : ""}`),
  );
  // After an error the stream takes no more, and tells those who wait for nothing.
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  let refused = false;
  copy.on("error", (error) => {
    refused = true;
    reject(error);
  });
  const sum = new RowSum();
  let [filled, sent] = [new CopyWriter(undefined, sum), new CopyWriter(undefined, sum)];
  let taken: Promise<unknown> = Promise.resolve();
  const send = async () => {
    await Promise.race([failed, taken]);
    const { payload } = filled;
    taken = new Promise<void>((resolve) => copy.write(payload, () => resolve()));
    [filled, sent] = [sent, filled];
    filled.reset();
    options.onRows?.(sum.rows);
  };
  try {
    for (let unit = options.from; unit < options.to; unit++) {
      table.write(unit, filled);
      if (!filled.full) continue;
      await send();
      if (options.signal?.aborted) throw new InterruptedError();
    }
    await send();
    await Promise.race([failed, taken]);
    copy.end();
    await Promise.race([failed, once(copy, "finish")]);
    return sum;
  } catch (error) {
    // The server then gives up the rows so far, and says so; the first error is the one that counts.
    if (!refused) await once(copy.destroy(new Error("interrupted")), "close").catch(() => {});
    throw table.refusal?.(error, options.from) ?? error;
  }
}
