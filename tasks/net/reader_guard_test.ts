import assert from "node:assert/strict";
import { Inbox } from "./inbox.ts";
import { overEachNetwork } from "./testing.ts";

Deno.test("what the reader of one channel throws ends that channel, and no other", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const greeting = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      await connection.write(new TextEncoder().encode("hello"));
    }
  })();
  const address = { host: "127.0.0.1", port: listener.addr.port };
  const signal = new AbortController().signal;
  try {
    await overEachNetwork((network) =>
      network.outside(async () => {
        const odd = new Inbox();
        const ended = new Promise<Error | null>((resolve) =>
          odd.onEnd = (error) => {
            resolve(error);
            throw new Error("and its end too");
          }
        );
        odd.onBytes = () => {
          throw new RangeError("no such answer");
        };
        const channel = await network.connect(address, odd, signal);
        assert.match((await ended)!.message, /no such answer/);
        channel.close();

        const usual = new Inbox();
        const read = new Promise<number>((resolve) => usual.onBytes = () => resolve(usual.end));
        const other = await network.connect(address, usual, signal);
        if (usual.end === 0) assert.equal(await read, 5);
        other.close();
      })
    );
  } finally {
    listener.close();
    await greeting;
    for (const connection of open) connection.close();
  }
});
