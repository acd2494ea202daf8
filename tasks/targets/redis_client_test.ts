import assert from "node:assert/strict";
import { RedisReader } from "../observe/redis_reader.ts";
import { redisVersion } from "../stack/redis.ts";
import { forgetKeys } from "./cache_keys.ts";
import { inBoundedMemory } from "./testing_memory.ts";
import { ENDLESS, endless, fuzzRedisClient, withSaid } from "./testing_redis_client_fuzz.ts";

for (const [first, forEver] of ENDLESS) {
  const name = JSON.stringify(`${first}${forEver}`);
  Deno.test(`a Redis that answers ${name} without an end gets no more than bounded memory`, () =>
    inBoundedMemory(() =>
      withSaid(() => endless([first, forEver]), async (url) => {
        await assert.rejects(forgetKeys(url, "benchbook:x:"), {
          name: "ServiceError",
          message: /^Cannot remove the run's keys from Redis at \S+: /,
        });
        const source = new RedisReader(url, 1000, {});
        for (let readings = 0; readings < 3; readings++) {
          await assert.rejects(source.read(), { name: "Error" });
        }
        await source.close();
      })
    ));
}

Deno.test("what is no text for INFO, no page for SCAN and no number for UNLINK is said so", async () => {
  const first = (text: string) => ({ first: new TextEncoder().encode(text) });
  await withSaid(() => first(":1\r\n"), async (url) => {
    const source = new RedisReader(url, 1000, {});
    await assert.rejects(source.read(), { message: "its answer to INFO is not a text" });
    await source.close();
    assert.match(String(await redisVersion(url)), /its answer to INFO is not a text/);
    await assert.rejects(forgetKeys(url, "benchbook:x:"), {
      name: "ServiceError",
      message: /its answer to SCAN is not a list of keys$/,
    });
  });
  const page = "*2\r\n$1\r\n0\r\n*1\r\n$13\r\nbenchbook:x:1\r\n";
  await withSaid(
    (verb) => first(verb === "SCAN" ? page : "+OK\r\n"),
    (url) =>
      assert.rejects(forgetKeys(url, "benchbook:x:"), {
        name: "ServiceError",
        message: /its answer to UNLINK is not a number$/,
      }),
  );
});

Deno.test("100 odd and hostile servers are a reading, removed keys or an error, in bounded memory", async () => {
  const { done, failed } = await inBoundedMemory(() => fuzzRedisClient(7_000_000, 100));
  assert.ok(done > 10 && failed > 20, JSON.stringify({ done, failed }));
});
