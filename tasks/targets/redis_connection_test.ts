import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { overEachNetwork } from "../net/testing.ts";
import { withRedis } from "../stack/testing.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { readRedisOptions, RedisConnection } from "../redis/connection.ts";
import { type Reply, writeCommand } from "../redis/wire.ts";
import { askOnce, complete, newCall } from "./target.ts";
import { behind } from "./testing_cached.ts";
import { sleep } from "../net/sleep.ts";

function ask(connection: RedisConnection, ...words: string[]): Promise<Reply> {
  return new Promise((resolve) => connection.send(writeCommand(words), resolve));
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
            await sleep(20);
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

/** A server that sends what is told for each command that arrives, in the order of its connections. */
async function withScripted<T>(
  answer: (connection: number, command: string) => string | null,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let count = 0;
  const serve = async (connection: Deno.Conn, nth: number) => {
    const buffer = new Uint8Array(4096);
    for (let read; (read = await connection.read(buffer)) !== null;) {
      const text = new TextDecoder().decode(buffer.subarray(0, read));
      for (const [, words] of text.matchAll(/\*\d+\r\n((?:\$\d+\r\n.*\r\n)+)/g)) {
        const command = [...words!.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, word]) => word).join(" ");
        const reply = answer(nth, command);
        if (reply !== null) await connection.write(new TextEncoder().encode(reply));
      }
    }
  };
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      void serve(connection, count++).catch(() => {});
    }
  })();
  try {
    return await use(`redis://127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    await serving;
    for (const connection of open) connection.close();
  }
}

Deno.test("after a Redis that was not ready yet, replies go to those who asked", async () => {
  // The second connection finds it loading; commands that come meanwhile must not take the third one's replies.
  const answer = (nth: number, command: string) => {
    const [verb, word] = command.split(" ");
    if (verb === "GET") return `$${word!.length}\r\n${word}\r\n`;
    if (verb === "QUIT") return "*not redis*\r\n";
    return nth === 1 ? "-LOADING Redis is loading the dataset in memory\r\n" : "+PONG\r\n";
  };
  await withScripted(answer, (url) =>
    overEachNetwork(async (network) => {
      const connection = new RedisConnection(readRedisOptions(url), network);
      // Its Redis is of this thread too.
      await network.outside(() => scriptedReplies(connection));
    }));
});

async function scriptedReplies(connection: RedisConnection): Promise<void> {
  await connection.connect();
  await ask(connection, "QUIT");
  const replies: [string, Reply][] = [];
  for (let key = 0; replies.filter(([, reply]) => typeof reply === "string").length < 20; key++) {
    connection.send(writeCommand(["GET", `k${key}`]), (reply) => void replies.push([`k${key}`, reply]));
    await sleep(10);
  }
  for (const [key, reply] of replies) {
    assert.ok(reply instanceof Error || reply === key, `${key}: ${reply}`);
  }
  connection.close();
}

Deno.test("a call of the cached path can be given up, whatever Redis does", async () => {
  await withScripted((_nth, command) => command === "PING" ? "+PONG\r\n" : null, async (redisUrl) => {
    const cached = new CachedTarget(behind(() => assert.fail("nothing was missed")), {
      redisUrl,
      prefix: "",
      entries: rowEntries,
      behaviour: USUAL_CACHE,
      nowUs: () => 0,
      random: () => 0,
    });
    await cached.open();
    const statement = { operationId: 0, name: "one", write: false, text: "", parameters: [] };
    const call = newCall(statement, []);
    const done = askOnce(cached, call);
    const { abort } = call;
    complete(call, 1, "timeout", null);
    abort!();
    await done;
    await cached.close();
  });
});

/** In every form that the environment and arms' files may have. */
const URLS = [
  "redis://u:p%40ss@example.org:7000/3",
  "rediss://example.org",
  "redis://h",
  "redis://",
  "redis://:p%3Aq@h:1",
  "redis://u@h:1/",
  "redis://:@h",
  "redis://[::1]:6379/1",
  "REDIS://h:9/1",
  "redis://h:1?db=3&username=u&password=a%20b",
  "redis://a:b@h:1/2?db=3&username=u&password=x&port=7&host=other",
  "redis://?path=%2Ftmp%2Fredis.sock",
  "redis://u:p@h:6380?tls=true",
];

Deno.test("a URL of Redis is read as ioredis reads it", () => {
  for (const url of URLS) {
    const { options } = new Redis(url, { lazyConnect: true });
    assert.deepEqual(readRedisOptions(url), {
      host: options.host ?? "localhost",
      port: options.port ?? 6379,
      path: options.path,
      tls: options.tls !== undefined,
      username: options.username || undefined,
      password: options.password || undefined,
      database: options.db ?? 0,
    }, url);
  }
});
