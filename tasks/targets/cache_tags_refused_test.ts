import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { withRedis } from "../stack/testing.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { askOnce, complete, newCall, type Statement } from "./target.ts";
import { behind } from "./testing_cached.ts";

const PREFIX = "benchbook:run-1:sql+cache:";
const TAG_KEY = `${PREFIX}tag:orders:[7]`;
const TAG = { family: "orders", at: [0] };
const READ: Statement = {
  operationId: 0,
  name: "read",
  write: false,
  text: "",
  parameters: ["id"],
  tag: TAG,
};
const WRITE: Statement = { ...READ, name: "write", write: true, tag: undefined, outdates: [TAG] };

/** Runs a cache whose entry of a tag is stored before a write. */
async function withEntry(
  url: string,
  use: (of: {
    read: () => Promise<readonly [string, number]>;
    write: () => Promise<void>;
    told: () => readonly string[];
    redis: Redis;
  }) => Promise<void>,
): Promise<void> {
  let truth = 1;
  const source = behind((call) => {
    if (call.statement.write) truth++;
    complete(call, 1, "ok", null);
    call.rows = 1;
    call.answer = [{ truth }];
    call.onDone();
  });
  const cached = new CachedTarget(source, {
    redisUrl: url,
    prefix: PREFIX,
    entries: rowEntries,
    behaviour: { ...USUAL_CACHE, invalidation: "tags" },
    nowUs: () => 0,
    random: Math.random,
  });
  const redis = new Redis(url);
  const read = async () => {
    const call = newCall(READ, [7], true);
    await askOnce(cached, call);
    return [call.cache!, (call.answer as { truth: number }[])[0]!.truth] as const;
  };
  const write = () => askOnce(cached, newCall(WRITE, [7], false)).then(() => {});
  const told = () => cached.refusals().map(({ doing, reason }) => `${doing} ${reason}`);
  try {
    await cached.open();
    assert.deepEqual(await read(), ["miss", 1]);
    assert.deepEqual(await read(), ["hit", 1]);
    await use({ read, write, told, redis });
  } finally {
    await cached.close();
    await redis.flushall();
    redis.disconnect();
  }
}

Deno.test("no entry from before a write is answered where a tag's version is refused, lost or of somebody else", (t) =>
  withRedis(async (url) => {
    await t.step(
      "a version that Redis does not take, until it takes one",
      () =>
        withEntry(url, async ({ read, write, told, redis }) => {
          await redis.config("SET", "maxmemory-policy", "noeviction");
          await redis.config("SET", "maxmemory", "1");
          await write();
          assert.deepEqual(await read(), ["miss", 2]);
          assert.match(told().join(), /^write TAG OOM /);
          await redis.config("SET", "maxmemory", "0");
          assert.deepEqual(await read(), ["miss", 2]);
          await write();
          assert.deepEqual(await read(), ["miss", 3]);
          assert.deepEqual(await read(), ["hit", 3]);
        }),
    );

    await t.step("one that is lost", () =>
      withEntry(url, async ({ read, write, redis }) => {
        await write();
        await redis.del(TAG_KEY);
        assert.deepEqual(await read(), ["miss", 2]);
        assert.deepEqual(await read(), ["hit", 2]);
      }));

    await t.step(
      "a key of another type, or that holds no version",
      () =>
        withEntry(url, async ({ read, write, told, redis }) => {
          await write();
          await redis.del(TAG_KEY);
          await redis.hset(TAG_KEY, "a", "b");
          assert.deepEqual(await read(), ["bypass", 2]);
          assert.match(told().join(), /^read WRONGTYPE /);
          await redis.set(TAG_KEY, "theirs");
          assert.deepEqual(await read(), ["bypass", 2]);
          assert.match(told().join(), /^read NOVERSION /);
          await write();
          assert.deepEqual(await read(), ["miss", 3]);
          assert.deepEqual(await read(), ["hit", 3]);
        }),
    );
  }));
