import assert from "node:assert/strict";
import { connectClient } from "./client.ts";
import { message, playServer, say } from "./testing_backend.ts";
import { Backend } from "./wire.ts";

/** What would keep pg for ever, take all memory, or the password, once a session has begun. */
const ANSWERS: Readonly<Record<string, Uint8Array>> = {
  "an error without an end": message(Backend.error, (writer) => writer.text("Mno zero")),
  "a notice without an end": message(Backend.notice, (writer) => writer.string("Mtext")),
  "columns beyond their message": message(Backend.rowDescription, (writer) => writer.int16(9).string("a")),
  "a setting without a value": message(Backend.parameterStatus, (writer) => writer.text("name")),
  "a row that lies about its length": message(Backend.dataRow, (writer) => writer.int16(1).int32(0x7fffffff)),
  "two gigabytes": Uint8Array.of(Backend.commandComplete, 0x7f, 0xff, 0xff, 0xff),
  "a length that is none": Uint8Array.of(Backend.commandComplete, 0, 0, 0, 0),
  "a login in the midst of the session": say.authentication(3),
};

Deno.test("what pg cannot read ends its connection, and neither the process nor its patience", async (t) => {
  for (const [what, answer] of Object.entries(ANSWERS)) {
    await t.step(what, async () => {
      const server = playServer(async (connection) => {
        await connection.hear();
        await connection.say(say.authentication(0), say.key(), say.ready());
        await connection.hear();
        await connection.say(answer);
        await connection.hear();
      });
      try {
        const client = await connectClient(`postgres://u:s3cr3t@127.0.0.1:${server.port}/d?sslmode=disable`, {
          applicationName: "test",
        });
        await assert.rejects(client.query("SELECT 1"), /protocol|Connection terminated|out of range|bounds/);
        await client.end().catch(() => {});
        assert.ok(!server.received().includes("s3cr3t"));
      } finally {
        await server.close();
      }
    });
  }
});
