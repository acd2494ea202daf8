import { once } from "node:events";
import { type Client, Query } from "pg";

/**
 * Runs a `COPY … TO STDOUT` and hands over each row's line as the server sends it, with its newline.
 * @param onRow gets bytes that are valid only until it returns
 */
export async function copyOut(client: Client, sql: string, onRow: (line: Uint8Array) => void): Promise<void> {
  // pg's own query lets what a COPY sends go by. Each message is a row.
  const handleCopyData = ({ chunk }: { readonly chunk: Uint8Array }) => onRow(chunk);
  await once(client.query(Object.assign(new Query(sql), { handleCopyData })), "end");
}
