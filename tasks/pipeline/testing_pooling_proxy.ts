/** What a pooler says of a session: a process of its own invention. */
const INVENTED = 4_242_424;
/** BackendKeyData with a key of four bytes, as protocol 3.0 has it. */
const KEY = [0x4b, 0, 0, 0, 12];

/** A way to a server that looks like a pooler's: sessions bear numbers that are no processes of the server's. */
export function poolingProxy(url: string): AsyncDisposable & { readonly url: string } {
  const { hostname, port } = new URL(url);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname, port: Number(port) });
      open.add(client).add(server);
      void pump(client, server, (bytes) => bytes);
      void pump(server, client, renumbered);
    }
  })();
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(listener.addr.port);
  through.searchParams.set("sslmode", "disable");
  return {
    url: through.href,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await serving;
    },
  };
}

/** The greeting of a session comes in one piece. */
function renumbered(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((_, from) => KEY.every((byte, index) => bytes[from + index] === byte));
  if (at >= 0) new DataView(bytes.buffer, bytes.byteOffset).setUint32(at + KEY.length, INVENTED);
  return bytes;
}

async function pump(
  from: Deno.Conn,
  to: Deno.Conn,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const read = await from.read(buffer);
      if (read === null) break;
      const bytes = change(buffer.subarray(0, read));
      for (let at = 0; at < read;) at += await to.write(bytes.subarray(at));
    }
  } catch {
    // One side closed: the other is closed with it.
  }
  close(from);
  close(to);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
