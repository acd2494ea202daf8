import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { withRedis } from "../stack/testing.ts";
import { redisBytes } from "./memory.ts";

Deno.test("what an entry takes of a real Redis's memory is told within a twentieth", () =>
  withRedis(async (url) => {
    const redis = new Redis(url);
    const used = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))![1]);
    const [entries, arm] = [3000, "benchbook:20260102-030405-0001:sql+cache:customer-orders"];
    try {
      for (const bytes of [250, 1036, 1500, 3000]) {
        await redis.flushall();
        const before = await used();
        const all = redis.pipeline();
        for (let at = 0; at < entries; at++) {
          all.set(`${arm}:["CUST${at}","2025-12-31",10]`, "x".repeat(bytes), "PX", 600_000);
        }
        await all.exec();
        const each = (await used() - before) / entries;
        assert.ok(
          Math.abs(redisBytes(bytes + 5 + `${bytes}`.length) / each - 1) < 0.05,
          `${bytes}: ${each}, told ${redisBytes(bytes + 5 + `${bytes}`.length)}`,
        );
      }
    } finally {
      redis.disconnect();
    }
  }));
