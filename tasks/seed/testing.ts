/**
 * A way to the server at `url` that hangs up after so many bytes from the client, wherever it then stands: a
 * lost connection without luck in timing.
 */
export async function cuttingProxy(
  url: string,
  bytes: number,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const target = new URL(url);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
      open.add(client).add(server);
      void pump(server, client, Infinity);
      void pump(client, server, bytes).finally(() => {
        close(client);
        close(server);
      });
    }
  })();
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(listener.addr.port);
  try {
    await use(through.href);
  } finally {
    listener.close();
    for (const connection of open) close(connection);
    await serving;
  }
}

async function pump(from: Deno.Conn, to: Deno.Conn, limit: number): Promise<void> {
  const buffer = new Uint8Array(4096);
  let passed = 0;
  try {
    while (passed < limit) {
      const read = await from.read(buffer);
      if (read === null) return;
      for (let at = 0; at < read;) at += await to.write(buffer.subarray(at, read));
      passed += read;
    }
  } catch {
    // One side closed: the other is closed with it.
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
