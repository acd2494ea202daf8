import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { redisLength, type Script, withScripted } from "../targets/testing_scripted.ts";
import { redisProblem } from "./open_redis.ts";
import { redisVersion } from "./redis.ts";
import { withRedis } from "./testing.ts";

/** What is wrong with a Redis, in words; null where nothing is. */
async function problem(url: string): Promise<string | null> {
  const found = await redisVersion(url, 2000);
  return found instanceof Error ? redisProblem(found, "there") : null;
}

Deno.test("what is wrong with a real Redis is one sentence, without a password", () =>
  withRedis(async (url) => {
    const redis = new Redis(url);
    const changed = (change: (url: URL) => void) => {
      const other = new URL(url);
      change(other);
      return other.href;
    };
    const secret = "s3cr3t-word";
    try {
      assert.equal(await problem(url), null);
      assert.equal(
        await problem(changed((each) => each.password = secret)),
        "wrong user or password at there",
      );
      assert.equal(
        await problem(changed((each) => each.password = "")),
        "there asks for a password and the URL has none",
      );
      assert.equal(
        await problem(changed((each) => each.pathname = "/99")),
        "there has no database of that number",
      );
      // It waits for the end of what it takes for a command.
      assert.match(
        (await problem(changed((each) => each.protocol = "rediss:")))!,
        /^TLS with there failed|^no answer from there in time/,
      );

      await redis.call("ACL", "SETUSER", "narrow", "on", `>${secret}`, "~benchbook:*", "+get", "+set");
      const narrow = changed((each) => [each.username, each.password] = ["narrow", secret]);
      assert.equal(await redisVersion(narrow), "unknown");
      assert.equal(await problem(narrow), null);
      assert.equal(
        await problem(narrow.replace(/\/0$/, "/1")),
        "the user of the URL may not choose that database at there",
      );

      await redis.config("SET", "requirepass", "");
      assert.equal(
        await problem(changed((each) => each.password = secret)),
        "there has no password for that user and the URL gives one: leave it out",
      );
    } finally {
      redis.disconnect();
    }
  }));

Deno.test("what a Redis says that lets nobody in, or is none, is one sentence too", async () => {
  let said: Script = { parts: [] };
  await withScripted(redisLength, () => said, async (port) => {
    const cases: [Script, string][] = [
      [{ parts: ["-LOADING Redis is loading the dataset in memory\r\n"] }, "there is still loading its data"],
      [
        { parts: ["-DENIED Redis is running in protected mode\r\n"], close: true },
        "there is in protected mode",
      ],
      [{ parts: ["-ERR max number of clients reached\r\n"], close: true }, "there takes no more connections"],
      [
        { parts: ["-MASTERDOWN Link with MASTER is down\r\n"] },
        "there is a replica that has lost its primary",
      ],
      [
        { parts: [Uint8Array.of(21, 3, 3, 0, 2, 2, 70)], close: true },
        "what answers at there is not Redis, or",
      ],
      [{ parts: ["HTTP/1.1 400 Bad Request\r\n\r\n"] }, "what answers at there is not Redis"],
      [{ parts: [`$${10 ** 10}\r\n`] }, "no Redis answers at there"],
      [{ parts: [], close: true }, "no Redis answers at there"],
      [{ parts: [] }, "no answer from there in time"],
    ];
    for (const [script, sentence] of cases) {
      said = script;
      const found = await problem(`redis://127.0.0.1:${port}`);
      assert.ok(found?.startsWith(sentence), `${found} instead of ${sentence}`);
    }
  });
});
