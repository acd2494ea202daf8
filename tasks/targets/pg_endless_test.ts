import assert from "node:assert/strict";
import { connectClient } from "../postgres/client.ts";
import { playServer, say } from "../postgres/testing_backend.ts";
import { inBoundedMemory } from "./testing_memory.ts";
import { ENDLESS, repeated } from "./testing_pg_client_fuzz.ts";

for (const [name, messages] of Object.entries(ENDLESS)) {
  Deno.test(`an answer of ${name} without an end fails its statement, in bounded memory`, async () => {
    const piece = repeated(messages);
    const columns = name.includes("null")
      ? Array.from({ length: 1600 }, (_, at) => `c${at}`)
      : ["a", "b", "c"];
    const server = playServer(async (connection) => {
      await connection.hear();
      await connection.say(say.authentication(0), say.ready());
      await connection.hear();
      await connection.say(say.columns(columns));
      for (;;) await connection.say(...piece);
    });
    try {
      const client = await connectClient(
        `postgres://user@127.0.0.1:${server.port}/db?sslmode=disable`,
        { applicationName: "test" },
      );
      await inBoundedMemory(() =>
        assert.rejects(client.query("SELECT 1"), {
          name: "ServiceError",
          message: /^Cannot read PostgreSQL's answer as it must fit in \d+ MB/,
        })
      );
      await client.end().catch(() => {});
    } finally {
      await server.close();
    }
  });
}
