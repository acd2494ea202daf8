import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Redis } from "ioredis";
import { withRedis } from "../stack/testing.ts";
import { expectKeys, forgetKeys, tellKeys } from "./cache_keys.ts";
import { askAll } from "./testing_cached.ts";

/** A client whose commands a test may word freely. */
async function withClient<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on("error", () => {});
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

function as(url: string, user: string, password: string): string {
  const other = new URL(url);
  [other.username, other.password] = [user, password];
  return other.href;
}

Deno.test("what a real Redis refuses is counted by its reason, and every request is answered", (t) =>
  withRedis((url) =>
    withClient(url, async (redis) => {
      const prefix = "benchbook:run-1:";

      await t.step("one that takes everything refuses nothing", async () => {
        const { states, refusals, keys } = await askAll(url, prefix);
        assert.deepEqual([states, refusals, keys], ["miss then hit", [], []]);
        await forgetKeys(url, prefix);
        assert.deepEqual(await redis.keys("*"), []);
      });

      await t.step("a full one refuses writes: OOM", async () => {
        await redis.config("SET", "maxmemory-policy", "noeviction");
        await redis.config("SET", "maxmemory", "1");
        const { states, refusals } = await askAll(url, prefix);
        assert.equal(states, "miss");
        assert.deepEqual(refusals.map(({ doing, count }) => [doing, count]), [["write", 20]]);
        assert.match(refusals[0]!.reason, /^OOM command not allowed/);
        await redis.config("SET", "maxmemory", "0");
      });

      await t.step("a replica refuses writes: READONLY", async () => {
        await redis.call("REPLICAOF", "127.0.0.1", "1");
        const { states, refusals } = await askAll(url, prefix);
        assert.equal(states, "miss");
        assert.deepEqual(refusals.map(({ doing, count }) => [doing, count]), [["write", 20]]);
        assert.match(refusals[0]!.reason, /^READONLY/);
        await redis.call("REPLICAOF", "NO", "ONE");
      });

      await t.step(
        "a replica without its primary refuses reads where it may not be stale: MASTERDOWN",
        async () => {
          await redis.call("REPLICAOF", "127.0.0.1", "1");
          await redis.config("SET", "replica-serve-stale-data", "no");
          await assert.rejects(askAll(url, prefix), /MASTERDOWN/);
          await redis.call("REPLICAOF", "NO", "ONE");
          await redis.config("SET", "replica-serve-stale-data", "yes");
        },
      );

      await t.step("a role that may neither read nor write is stepped around: NOPERM", async () => {
        await redis.call("ACL", "SETUSER", "blind", "on", ">blind", "~*", "+auth");
        const { states, refusals } = await askAll(as(url, "blind", "blind"), prefix);
        assert.equal(states, "bypass");
        assert.deepEqual(refusals.map(({ doing, count }) => [doing, count]), [["read", 20]]);
        assert.match(refusals[0]!.reason, /^NOPERM/);
      });

      await t.step("a role without SCAN has its run's keys removed one by one, and no others", async () => {
        await redis.call("ACL", "SETUSER", "narrow", "on", ">narrow", "~benchbook:*", "+get", "+set", "+del");
        const narrow = as(url, "narrow", "narrow");
        await redis.set("benchbook:run-2:other", "theirs");
        expectKeys({ redisUrl: narrow, prefix });
        const { states, refusals, keys } = await askAll(narrow, prefix);
        assert.deepEqual([states, refusals, keys.length], ["miss then hit", [], 10]);
        await assert.rejects(forgetKeys(narrow, prefix), {
          message: /may not list keys \(SCAN\)/,
          next:
            /redis-cli --scan --pattern 'benchbook:run-1:\*' \| tr '\\n' '\\0' \| xargs -0 redis-cli unlink/,
        });
        tellKeys({ redisUrl: narrow, prefix }, keys);
        await forgetKeys(narrow, prefix);
        assert.deepEqual(await redis.keys("*"), ["benchbook:run-2:other"]);
        // Nothing was told of a run without keys, and nothing is asked for.
        await forgetKeys(narrow, "benchbook:run-3:");
      });

      await t.step(
        "what was told of one Redis is kept when another one is cleared under that prefix",
        async () => {
          const narrow = as(url, "narrow", "narrow");
          const other = new URL(url);
          other.pathname = "/1";
          expectKeys({ redisUrl: narrow, prefix });
          tellKeys({ redisUrl: narrow, prefix }, (await askAll(narrow, prefix)).keys);
          await forgetKeys(other.href, prefix);
          await forgetKeys(narrow, prefix);
          assert.deepEqual(await redis.keys("*"), ["benchbook:run-2:other"]);
        },
      );

      await t.step("keys that a role may not remove are named, with what removes them", async () => {
        await redis.call(
          "ACL",
          "SETUSER",
          "keeper",
          "on",
          ">keeper",
          "~benchbook:*",
          "+get",
          "+set",
          "+scan",
        );
        const keeper = as(url, "keeper", "keeper");
        await askAll(keeper, prefix);
        await assert.rejects(forgetKeys(keeper, prefix), {
          message: /^Cannot remove the run's keys from Redis at \S+: NOPERM/,
          next: /expire by themselves; sooner: `redis-cli/,
        });
        assert.equal((await redis.keys("*")).length, 11);
        await forgetKeys(url, prefix);
      });

      await t.step("a prefix with glob characters touches nothing but its own keys", async () => {
        const others = [
          "benchbook:[a]:1",
          "benchbook:b*:1",
          "benchbook:bb:1",
          "benchbook:a:1",
          "benchbook:?:1",
        ];
        for (
          const glob of ["benchbook:b*:", "benchbook:[a]:", "benchbook:?:", "benchbook:\\b:", "*", "[^x]"]
        ) {
          for (const key of others) await redis.set(key, "theirs");
          await redis.set(`${glob}own`, "ours");
          await forgetKeys(url, glob);
          assert.deepEqual(
            (await redis.keys("*")).sort(),
            ["benchbook:run-2:other", ...others.filter((key) => !key.startsWith(glob))].sort(),
          );
        }
      });

      await t.step("an entry that is not what was stored is no answer", async () => {
        const key = `${prefix}one:[0]`;
        await askAll(url, prefix);
        const entry = (await redis.getBuffer(key))!;
        const other = (await redis.getBuffer(`${prefix}one:[1]`))!;
        await askAll(url, "benchbook:run-9:");
        const elsewhere = (await redis.getBuffer("benchbook:run-9:one:[0]"))!;
        await forgetKeys(url, "benchbook:run-9:");
        const changed = Buffer.from(entry);
        changed[changed.length - 2]! ^= 1;
        const odd: [string | Buffer, RegExp][] = [
          ...["OK", "{}", "", '[{"id":0}]', "\u{feff}[]"].map((
            text,
          ): [string, RegExp] => [text, /^FOREIGN /]),
          [entry.subarray(0, 20), /^TRUNCATED /],
          [entry.subarray(0, -1), /^TRUNCATED /],
          [Buffer.concat([entry, entry]), /^TRUNCATED /],
          [changed, /^CHANGED /],
          // Another key's, whole and of today.
          [other, /^CHANGED /],
          // Of the same name in another run.
          [elsewhere, /^CHANGED /],
        ];
        for (const [value, reason] of odd) {
          await redis.set(key, value);
          const { states, refusals } = await askAll(url, prefix);
          assert.deepEqual(states, "miss then hit", String(value));
          assert.deepEqual(refusals.map(({ doing, count }) => [doing, count]), [["read", 1]], String(value));
          assert.match(refusals[0]!.reason, reason);
          assert.equal((await redis.getBuffer(key))!.length, entry.length, "it was not stored anew");
        }
        await redis.del(key);
        await redis.lpush(key, "a list");
        const { states, refusals } = await askAll(url, prefix);
        assert.deepEqual([states, refusals[0]!.count], ["miss then hit", 1]);
        assert.match(refusals[0]!.reason, /^FOREIGN a key holds no text/);
      });

      await t.step(
        "one that dies says why lookups were not answered, and its keys are named as left",
        async () => {
          await redis.call("SHUTDOWN", "NOSAVE").catch(() => {});
          await assert.rejects(forgetKeys(url, prefix), {
            message: /^Cannot remove the run's keys from Redis at \S+: .*(ECONNREFUSED|Connection refused)/,
          });
        },
      );
    })
  ));
