import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { withOwnLimits } from "../targets/replay_lookups.ts";
import { InstanceControl } from "./instance_control.ts";
import { openRedis } from "./open_redis.ts";
import { readRecords, stopServices } from "./state.ts";
import { testConfig, withTempHome } from "./testing.ts";

Deno.test("a Redis of Benchbook's own has its limits again, whoever was killed, and others' keys there stay", () =>
  withTempHome(async (home) => {
    const config = await testConfig(home);
    const options = { owner: "up", need: { redis: true, graphql: false } } as const;
    const open = async () => {
      const found = await openRedis(config, options, new InstanceControl(home));
      assert.ok(found.available);
      return found.url;
    };
    const url = await open();
    const redis = new Redis(url);
    const limits = async () =>
      [
        ...await redis.config("GET", "maxmemory") as string[],
        ...await redis.config("GET", "maxmemory-policy") as string[],
      ]
        .filter((_, at) => at % 2 === 1);
    try {
      const usual = await limits();
      assert.deepEqual(usual, [String(256 * 1024 * 1024), "allkeys-lru"]);
      const inside = await withOwnLimits(url, async ({ redis, maxmemory }) => {
        await redis.config("SET", "maxmemory", "3000000");
        return { maxmemory, limits: await limits() };
      });
      assert.deepEqual(inside, { maxmemory: usual[0], limits: ["3000000", "allkeys-lru"] });
      assert.deepEqual(await limits(), usual);
      const failing = withOwnLimits(url, async ({ redis }) => {
        await redis.config("SET", "maxmemory", "3000000");
        throw new Error("no answer");
      });
      await assert.rejects(failing, /^Error: no answer$/);
      assert.deepEqual(await limits(), usual);

      await redis.config("SET", "maxmemory", "3000000");
      await redis.config("SET", "maxmemory-policy", "noeviction");
      assert.equal(await open(), url);
      assert.deepEqual(await limits(), usual);

      await redis.select(3);
      await redis.set("theirs", "1");
      assert.equal(await withOwnLimits(url, () => assert.fail("limits were set")), null);
      assert.equal(await redis.get("theirs"), "1");
    } finally {
      redis.disconnect();
      await stopServices(home, readRecords(home));
    }
  }));
