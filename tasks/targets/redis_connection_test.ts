import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { overEachNetwork } from "../net/testing.ts";
import { withRedis } from "../stack/testing.ts";
import { readRedisOptions, RedisConnection } from "./redis_connection.ts";
import type { Reply } from "./redis_wire.ts";

function ask(connection: RedisConnection, ...words: string[]): Promise<Reply> {
  return new Promise((resolve) => connection.send(words, resolve));
}

Deno.test("the lean connection to Redis answers as ioredis does", async (t) => {
  await withRedis((url) =>
    overEachNetwork(async (network, by) => {
      const reference = new Redis(url);
      const connection = new RedisConnection(readRedisOptions(url), network);
      await connection.connect();
      try {
        await t.step(`${by}: values of any length and kind come back`, async () => {
          for (const value of ["", "x", "ä\r\n🐘", "y".repeat(200_000)]) {
            assert.equal(await ask(connection, "SET", "key", value, "PX", "60000"), "OK");
            assert.equal(await reference.get("key"), value);
            assert.equal(await ask(connection, "GET", "key"), value);
          }
          assert.equal(await ask(connection, "GET", "none"), await reference.get("none"));
          assert.equal(await ask(connection, "DEL", "key"), 1);
        });

        await t.step(`${by}: many at once are answered in their order`, async () => {
          const words = Array.from({ length: 3000 }, (_, index) => String(index));
          assert.deepEqual(await Promise.all(words.map((word) => ask(connection, "ECHO", word))), words);
        });

        await t.step(`${by}: what Redis refuses is an error, and the connection goes on`, async () => {
          const refused = await ask(connection, "NONSENSE");
          assert.ok(refused instanceof Error && /unknown command/.test(refused.message));
          assert.equal(await ask(connection, "PING"), "PONG");
        });

        await t.step(`${by}: a connection that is lost fails what is under way and opens again`, async () => {
          const id = String(await ask(connection, "CLIENT", "ID"));
          const blocked = ask(connection, "BLPOP", "nothing", "0");
          await reference.call("CLIENT", "KILL", "ID", id);
          assert.ok(await blocked instanceof Error);
          while (await ask(connection, "PING") !== "PONG") {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        });

        await t.step(`${by}: a password that is wrong or left out is said`, async () => {
          for (const [password, said] of [["wrong", /WRONGPASS/], ["", /NOAUTH/]] as const) {
            const other = new URL(url);
            other.password = password;
            const refused = new RedisConnection(readRedisOptions(other.href), network);
            await assert.rejects(refused.connect(), said);
          }
        });
      } finally {
        await connection.end();
        assert.ok(await ask(connection, "PING") instanceof Error);
        reference.disconnect();
      }
    })
  );
});

Deno.test("a URL of Redis is read as ioredis reads it", () => {
  assert.deepEqual(readRedisOptions("redis://u:p%40ss@example.org:7000/3"), {
    host: "example.org",
    port: 7000,
    path: undefined,
    tls: false,
    username: "u",
    password: "p@ss",
    database: 3,
  });
  assert.equal(readRedisOptions("rediss://example.org").tls, true);
  assert.deepEqual(
    [readRedisOptions("redis://h").username, readRedisOptions("redis://h").password],
    [undefined, undefined],
  );
});
