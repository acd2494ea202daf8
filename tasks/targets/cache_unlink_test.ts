import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { findRedis } from "../stack/redis.ts";
import { testConfig, withRedis, withTempHome } from "../stack/testing.ts";
import { unlinkCommand } from "./cache_keys.ts";

/** Runs a command line as a user does, whose `redis-cli` speaks to that Redis. */
function runInShell(line: string, url: string): Promise<void> {
  return withTempHome(async (home) => {
    const server = await findRedis(await testConfig(home));
    if (typeof server === "string") throw new Error(`Cannot test with Redis: ${server}`);
    const client = join(dirname(server.command), "redis-cli");
    const { port, password } = new URL(url);
    const script = `#!/bin/sh\nexec '${client}' -p ${port} "$@"\n`;
    Deno.writeTextFileSync(join(home, "redis-cli"), script, { mode: 0o700 });
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", line],
      env: {
        REDISCLI_AUTH: password,
        PATH: `${home}:${Deno.env.get("PATH")}`,
        ...server.libraries === null ? {} : { LD_LIBRARY_PATH: server.libraries },
      },
      stdout: "null",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  });
}

Deno.test("the command that is shown removes all keys of a run, whatever they hold, and no other", () =>
  withRedis(async (url) => {
    const redis = new Redis(url);
    const prefix = "benchbook:run-1:";
    try {
      const ours = [["it's"], ['say "x'], ["a theirs b"], ["back\\slash"], ["line\nbreak"], ["käse"], [
        "$HOME `id` *",
      ]];
      for (const values of ours) await redis.set(`${prefix}sql+cache:read:${JSON.stringify(values)}`, "ours");
      const others = ["b", "theirs", "benchbook:run-2:sql+cache:read:[1]"];
      for (const key of others) await redis.set(key, "theirs");
      await runInShell(unlinkCommand(prefix).replaceAll("`", ""), url);
      assert.deepEqual((await redis.keys("*")).sort(), others.sort());
    } finally {
      redis.disconnect();
    }
  }));
