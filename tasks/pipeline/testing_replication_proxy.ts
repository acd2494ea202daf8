import { sleep } from "../net/sleep.ts";

/** A way to a server on which everything goes through but replication, once that is told to stall. */
export interface ReplicationProxy extends AsyncDisposable {
  readonly port: number;
  stall(): void;
}

/** What a connection that replicates says first. */
const REPLICATION = new TextEncoder().encode("\0replication\0database\0");

/** @param port of the server, on this machine */
export function replicationProxy(port: number): ReplicationProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let [stalled, closed] = [false, false];
  const forward = async (from: Deno.Conn, to: Deno.Conn, isHeld: (chunk: Uint8Array) => boolean) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read; (read = await from.read(buffer)) !== null;) {
        // As a network that has come to a standstill: nothing is closed.
        while (isHeld(buffer.subarray(0, read)) && stalled && !closed) await sleep(20);
        for (let sent = 0; sent < read;) sent += await to.write(buffer.subarray(sent, read));
      }
      await to.closeWrite();
    } catch {
      // Either end is gone.
    }
  };
  const serve = async (client: Deno.Conn) => {
    open.add(client);
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    open.add(server);
    let replicates = false;
    await Promise.all([
      forward(client, server, (chunk) => replicates ||= holds(chunk, REPLICATION)),
      forward(server, client, () => replicates),
    ]);
    for (const end of [client, server]) close(end, open);
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const client of listener) serving.push(serve(client).catch(() => {}));
  })().catch(() => {});
  return {
    port: (listener.addr as Deno.NetAddr).port,
    stall: () => void (stalled = true),
    async [Symbol.asyncDispose]() {
      closed = true;
      listener.close();
      for (const end of open) close(end, open);
      await Promise.all([accepting, ...serving]);
    },
  };
}

function close(end: Deno.Conn, open: Set<Deno.Conn>): void {
  if (!open.delete(end)) return;
  try {
    end.close();
  } catch {
    // It is closed already.
  }
}

function holds(chunk: Uint8Array, part: Uint8Array): boolean {
  return chunk.some((_, at) => part.every((byte, nth) => chunk[at + nth] === byte));
}
