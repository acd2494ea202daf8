/** A proxy in front of a server, for what no server does on demand. */
export interface Proxy {
  close(): Promise<void>;
}

/**
 * Passes connections on to a port of this machine.
 * @param pieces how many bytes of the server's each write towards the client takes; all that is there if absent
 */
export function startProxy(listener: Deno.Listener<Deno.Conn>, port: number, pieces?: () => number): Proxy {
  const open = new Set<Deno.Conn>();
  const closing = new Set<Promise<unknown>>();
  const accept = async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(client).add(server);
      closing.add(Promise.allSettled([pass(client, server), pass(server, client, pieces)]));
    }
  };
  const accepting = accept();
  return {
    async close() {
      listener.close();
      await accepting;
      for (const connection of open) end(connection);
      await Promise.all(closing);
    },
  };
}

async function pass(from: Deno.Conn, to: Deno.Conn, pieces?: () => number): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      for (let at = 0; at < count;) {
        const size = Math.min(pieces?.() ?? count, count - at);
        at += await to.write(buffer.subarray(at, at + size));
        // The other side gets to read before the next piece is there.
        if (pieces !== undefined) await new Promise((resolve) => setTimeout(resolve));
      }
    }
  } finally {
    end(from);
    end(to);
  }
}

function end(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // The other direction closed it.
  }
}
