import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { eventually } from "../net/testing.ts";
import { withRedis } from "../stack/testing.ts";
import { rowEntries } from "./cache_entries.ts";
import { LOCK_MS } from "./cache_locks.ts";
import { CachedTarget } from "./cached.ts";
import { askOnce, type Call, complete, newCall } from "./target.ts";
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

Deno.test("a loader removes the lock that it set and no other's, also without the right to run scripts", (t) =>
  withRedis(async (url) => {
    const redis = new Redis(url);
    const narrow = new URL(url);
    [narrow.username, narrow.password] = ["narrow", "s3cr3t-word"];
    await redis.call("ACL", "SETUSER", "narrow", "on", ">s3cr3t-word", "~*", "+@all", "-eval");
    try {
      for (
        const [what, redisUrl, replaced, left] of [
          ["its own", url, false, null],
          ["another's", url, true, "4711"],
          ["its own, without scripts", narrow.href, false, null],
        ] as const
      ) {
        await t.step(what, async () => {
          const asked: Call[] = [];
          const cached = new CachedTarget(behind((call) => void asked.push(call)), {
            redisUrl,
            prefix: PREFIX,
            entries: rowEntries,
            behaviour: { ...USUAL_CACHE, singleFlight: "all" },
            // It is not renewed meanwhile, nor gone, however long a busy machine takes.
            lockMs: 60_000,
            nowUs: () => 0,
            random: Math.random,
          });
          try {
            await cached.open();
            const call = newCall(READ, [7], true);
            const done = askOnce(cached, call);
            await eventually(() => asked.length === 1);
            assert.equal(await redis.exists(LOCK), 1);
            if (replaced) await redis.set(LOCK, "4711");
            const [load] = asked;
            complete(load!, 1, "ok", null);
            load!.rows = 1;
            load!.answer = [{ id: 7 }];
            load!.onDone();
            await done;
            if (!replaced) await eventually(async () => await redis.exists(LOCK) === 0);
            // What was sent to Redis before is done when it has answered another question.
            cached.run(newCall(READ, [8]));
            await eventually(() => asked.length === 2);
            assert.equal(await redis.get(LOCK), left);
          } finally {
            await cached.close();
            await redis.flushall();
          }
        });
      }
    } finally {
      await redis.call("ACL", "DELUSER", "narrow");
      redis.disconnect();
    }
  }));
