import assert from "node:assert/strict";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../stack/ports.ts";
import { findRedis } from "../stack/redis.ts";
import { testConfig, withTempHome } from "../stack/testing.ts";
import { forgetKeys } from "./cache_keys.ts";
import { askAll } from "./testing_cached.ts";
import { sleep } from "../net/sleep.ts";

/** Runs a Redis with settings that it takes at its start only. */
function withOwnRedis(
  settings: (home: string) => readonly string[],
  use: (redis: Redis, url: string, home: string) => Promise<void>,
): Promise<void> {
  return withTempHome(async (home) => {
    const program = await findRedis(await testConfig(home));
    if (typeof program === "string") throw new Error(`Cannot test with Redis: ${program}`);
    const port = freePort();
    const child = new Deno.Command(program.command, {
      args: ["--port", `${port}`, "--bind", "127.0.0.1", ...settings(home)],
      cwd: home,
      env: program.libraries === null ? {} : { LD_LIBRARY_PATH: program.libraries },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const url = `redis://127.0.0.1:${port}`;
    const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 200 });
    redis.on("error", () => {});
    try {
      await use(redis, url, home);
    } finally {
      redis.disconnect();
      child.kill("SIGKILL");
      await child.status;
    }
  });
}

const PREFIX = "benchbook:run-1:";
const CLUSTER = () => ["--cluster-enabled", "yes", "--save", "", "--cluster-require-full-coverage", "no"];

Deno.test("one node of a cluster refuses the keys of others, and its own are removed", () =>
  withOwnRedis(CLUSTER, async (redis, url) => {
    await redis.call("CLUSTER", "ADDSLOTSRANGE", "0", "8191");
    while (!/cluster_state:ok/.test(await redis.call("CLUSTER", "INFO") as string)) {
      await sleep(50);
    }
    const { states, refusals } = await askAll(url, PREFIX);
    assert.match(states, /bypass/);
    assert.match(refusals.find(({ doing }) => doing === "read")!.reason, /^CLUSTERDOWN/);
    assert.ok(Number(await redis.dbsize()) > 1);
    // Keys of several slots may not be removed by one command.
    await forgetKeys(url, PREFIX);
    assert.equal(await redis.dbsize(), 0);
  }));

const LOST_DISK = (home: string) => ["--dir", join(home, "lost"), "--save", "3600 1000000"];

Deno.test("a Redis that cannot save refuses writes: MISCONF", () =>
  withTempHome((outer) => {
    Deno.mkdirSync(join(outer, "lost"));
    return withOwnRedis(() => LOST_DISK(outer), async (redis, url) => {
      await redis.ping();
      Deno.removeSync(join(outer, "lost"), { recursive: true });
      await redis.call("BGSAVE").catch(() => {});
      while (!/rdb_last_bgsave_status:err/.test(await redis.info("persistence"))) {
        await sleep(50);
      }
      const { states, refusals } = await askAll(url, PREFIX);
      assert.equal(states, "miss");
      assert.deepEqual(refusals.map(({ doing, count }) => [doing, count]), [["write", 20]]);
      assert.match(refusals[0]!.reason, /^MISCONF/);
    });
  }));
