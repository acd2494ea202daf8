import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { Inbox } from "../net/inbox.ts";
import { overEachNetwork } from "../net/testing.ts";
import { RedisLine } from "./line.ts";

const never = new AbortController().signal;

Deno.test("a Redis that resets the connection and one that closes it are told in the same words", async () => {
  for (const how of ["resetAndDestroy", "end"] as const) {
    const server = createServer((socket) =>
      void socket.on("error", () => {}).once("data", () => socket[how]())
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as AddressInfo;
    try {
      await overEachNetwork(async (network, by) => {
        const line = new RedisLine(await network.connect({ host: "127.0.0.1", port }, new Inbox(), never));
        await assert.rejects(line.ask(["GET", "key"]), {
          code: "ECONNRESET",
          message: "the connection to Redis was lost",
        }, `${how}, by ${by}`);
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
});
