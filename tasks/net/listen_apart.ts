/** Linux gives out none of these ports to who asks for any. */
const [FIRST_PORT, PORTS] = [61_000, 4_500];

/** Listens on loopback where nobody else comes to listen or to connect from while it is closed for a while. */
export function listenApart(): Deno.TcpListener {
  for (let left = 100;; left--) {
    const port = FIRST_PORT + Math.floor(PORTS * Math.random());
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (left === 0 || !(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
