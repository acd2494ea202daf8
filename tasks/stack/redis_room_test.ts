import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { refusalWarnings } from "../summary/cache_refusals.ts";
import { rowEntries } from "../targets/cache_entries.ts";
import { CachedTarget } from "../targets/cached.ts";
import { askOnce, complete, newCall } from "../targets/target.ts";
import { behind } from "../targets/testing_cached.ts";
import { assertAsFound, difference } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import { InstanceControl } from "./instance_control.ts";
import { openRedis, tooTight } from "./open_redis.ts";
import { testConfig, withRedis, withTempHome } from "./testing.ts";

const MB = 1024 * 1024;

/** Direct SQL that answers a kilobyte at once. */
const sql = behind((call) => {
  complete(call, 1, "ok", null);
  call.rows = 1;
  call.answer = [{ id: call.values[0], text: "x".repeat(1000) }];
  call.onDone();
});

Deno.test("a Redis of the user's is used only where it has ample room, or no limit", () => {
  const at = (usedBytes: number, maxBytes: number, policy: string) =>
    tooTight({ usedBytes, maxBytes, policy }, "it");
  for (const policy of ["allkeys-lru", "allkeys-random", "volatile-ttl", "volatile-lfu"]) {
    assert.match(
      at(5 * MB, 6 * MB, policy)!,
      /^it has 1 MiB left of its maxmemory of 6.* could evict keys of yours\./,
    );
    assert.match(at(9 * MB, 6 * MB, policy)!, /^it has 0 /);
    assert.equal(at(5 * MB, 100 * MB, policy), null);
  }
  assert.equal(at(5 * MB, 0, "allkeys-lru"), null);
  assert.match(at(5 * MB, 6 * MB, "noeviction")!, /could take the room that yours need/);
  // Full, and nothing goes: its refusals are told.
  assert.equal(at(7 * MB, 6 * MB, "noeviction"), null);
});

Deno.test("a real Redis that evicts and is nearly full is not stored into, and keeps its keys", () =>
  withRedis((url) =>
    withTempHome(async (home) => {
      const redis = new Redis(url);
      const keys = async () => await redis.dbsize();
      const evicted = async () => Number(/evicted_keys:(\d+)/.exec(await redis.info("stats"))![1]);
      try {
        await redis.config("SET", "maxmemory-policy", "allkeys-lru");
        await redis.config("SET", "maxmemory", String(6 * MB));
        for (let key = 0; key < 1000; key++) await redis.set(`theirs:${key}`, "x".repeat(1000));
        const untouched = await lookAround({ redis: url });
        const config = { ...await testConfig(home), redisUrl: url };
        const options = { owner: "bench", need: { redis: true, graphql: false } } as const;
        const found = await openRedis(config, options, new InstanceControl(config.home));
        assert.equal(found.available, false);
        assert.match((found as { reason: string }).reason, /^REDIS_URL cannot be used: .*\(allkeys-lru\)/);

        assertAsFound(untouched, await lookAround({ redis: url }));

        // Where it fills up in mid-run storing ends with the first key that goes.
        const { used_memory } = Object.fromEntries(
          (await redis.info("memory")).split("\r\n").map((line) => line.split(":")),
        );
        // Without a limit meanwhile: looking takes memory too, and would push keys out.
        await redis.config("SET", "maxmemory", "0");
        const full = await lookAround({ redis: url });
        await redis.config("SET", "maxmemory", String(Number(used_memory) + MB));
        const [before, evictedBefore] = [await keys(), await evicted()];
        const cached = new CachedTarget(sql, {
          redisUrl: url,
          prefix: "benchbook:run-1:",
          entries: rowEntries,
          behaviour: USUAL_CACHE,
          shared: true,
          nowUs: () => 0,
          random: () => 0.5,
        });
        await cached.open();
        const statement = { operationId: 0, name: "one", write: false, text: "", parameters: ["id"] };
        for (let at = 0; at < 4000; at++) await askOnce(cached, newCall(statement, [at], true));
        const refusals = cached.refusals();
        await cached.close();
        const gone = await evicted() - evictedBefore;
        // Without a stop nearly all of the 4,000 kilobytes would have pushed something out.
        assert(gone > 0 && gone <= 100, `${gone} keys were evicted`);
        assert(await keys() > before, "nothing was stored");
        await redis.config("SET", "maxmemory", "0");
        // Its own entries apart, the only difference is what Redis evicted to make room.
        const lines = difference(full, await lookAround({ redis: url }), {
          except: ["Redis: database 0: key benchbook:run-1:"],
        });
        assert.deepEqual(lines.filter((line) => !/^- Redis: database 0: key theirs:\d+$/.test(line)), []);
        assert(lines.length <= gone, `${lines.length} keys of theirs are gone`);
        const [warning] = refusalWarnings(
          refusals.map(({ count, ...each }) => ({ ...each, arm: "sql+cache", n: count })),
        );
        assert.equal(warning!.code, "cache-evicted-keys");
        assert.match(
          warning!.text,
          /^[\d,]+ keys? (was|were) evicted from .* while sql\+cache stored into it/,
        );

        await redis.call(
          "ACL",
          "SETUSER",
          "narrow",
          "on",
          ">narrow",
          "~benchbook:*",
          "+get",
          "+set",
          "+ping",
        );
        const narrow = new URL(url);
        [narrow.username, narrow.password] = ["narrow", "narrow"];
        const unknown = await openRedis(
          { ...config, redisUrl: narrow.href },
          options,
          new InstanceControl(config.home),
        );
        assert.match(unknown.available ? unknown.settings["maxmemory"]! : "", /^not known: INFO is refused/);
      } finally {
        redis.disconnect();
      }
    })
  ));
