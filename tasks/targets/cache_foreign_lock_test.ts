import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { withRedis } from "../stack/testing.ts";
import { rowEntries } from "./cache_entries.ts";
import { LOCK_MS } from "./cache_locks.ts";
import { CachedTarget } from "./cached.ts";
import { askOnce, complete, newCall } from "./target.ts";
import { behind } from "./testing_cached.ts";

const PREFIX = "benchbook:run-1:sql+cache:";
const LOCK = `${PREFIX}lock:read:[7]`;
const READ = { operationId: 0, name: "read", write: false, text: "", parameters: ["id"] };

const FOREIGN: readonly (readonly [string, (redis: Redis) => Promise<unknown>])[] = [
  ["another value", (redis) => redis.set(LOCK, "theirs", "PX", 60_000)],
  ["another type", (redis) => redis.hset(LOCK, "a", "b")],
  ["a number without an end", (redis) => redis.set(LOCK, "1")],
  ["a number that ends too late", (redis) => redis.set(LOCK, "1", "PX", 100 * LOCK_MS)],
];

Deno.test("a key of somebody else's in a lock's place is told, and nobody waits for it", (t) =>
  withRedis(async (url) => {
    for (const [what, place] of FOREIGN) {
      await t.step(what, async () => {
        const source = behind((call) => {
          complete(call, 1, "ok", null);
          call.rows = 1;
          call.answer = [{ id: 7 }];
          call.onDone();
        });
        const cached = new CachedTarget(source, {
          redisUrl: url,
          prefix: PREFIX,
          entries: rowEntries,
          behaviour: { ...USUAL_CACHE, singleFlight: "all" },
          nowUs: () => 0,
          random: Math.random,
        });
        const redis = new Redis(url);
        try {
          await cached.open();
          await place(redis);
          const call = newCall(READ, [7], true);
          await askOnce(cached, call);
          assert.deepEqual([call.cache, call.loaded], ["miss", true]);
          assert.deepEqual(cached.refusals(), [
            { doing: "write", reason: `LOCKED ${LOCK} is no lock of a loader`, count: 1 },
          ]);
          assert.equal(await redis.exists(LOCK), 1, "somebody else's key is gone");
        } finally {
          await cached.close();
          await redis.flushall();
          redis.disconnect();
        }
      });
    }
  }));
