import assert from "node:assert/strict";
import { Client } from "pg";
import { until } from "./testing.ts";
import { reservedRows, servicesOf, withUserDatabase } from "./testing_interrupt.ts";
import { assertLimited } from "./testing_held_lock.ts";
import { isAlive } from "../stack/process.ts";
import { sleep } from "../net/sleep.ts";

Deno.test("no step of a run waits for somebody's lock for ever, and an interruption ends each wait", async (t) => {
  await assertLimited(t, [
    "a source's SQL",
    "the setup of own tables",
    "the undo of own tables",
    "the looks before the first write",
    "the plans",
  ]);
});

const RUN = ["--scale", "tiny", "--duration", "3s", "--warmup", "300ms", "--no-report"];

Deno.test("a bench whose tables somebody has locked ends with exit code 3, or at the first Ctrl-C", async (t) => {
  await withUserDatabase(async (bench, url) => {
    const env = { DATABASE_URL: url };
    const theirs = new Client({ connectionString: url, application_name: "their-migration" });
    await theirs.connect();
    // Within a transaction what others do is seen once and for all.
    const watcher = new Client({ connectionString: url });
    await watcher.connect();
    const ours = async () =>
      (await watcher.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE application_name LIKE 'benchbook%' AND (wait_event_type = 'Lock' OR state = 'active')`,
      )).rows[0].n as number;
    try {
      await theirs.query("BEGIN; LOCK TABLE northwind.orders IN ACCESS EXCLUSIVE MODE");
      // One compares and explains reads alone, one looks for writes before, and one starts PostGraphile first.
      for (
        const [scenario, paths] of [["read-heavy", "sql"], ["access-paths", "sql"], [
          "access-paths",
          "sql,graphql",
        ]] as const
      ) {
        const args = [scenario, "--paths", paths, ...RUN];
        await t.step(`${scenario} over ${paths} names the session`, async () => {
          const { code, stdout, stderr, seconds } = await bench.run("bench", args, env);
          assert.equal(code, 3, stdout + stderr);
          assert.match(
            stderr,
            /must be free within (6|10)(\.\d)? s: session \d+ \("their-migration".* on northwind\.orders/,
          );
          // Ten for the lock; the rest is a machine that has other things to do.
          assert.ok(seconds < 150, `${seconds} s`);
          assert.equal(await ours(), 0);
        });

        await t.step(`${scenario} over ${paths} ends at the first Ctrl-C`, async () => {
          const run = bench.start("bench", args, env);
          await until(async () => await ours() > 0 || null, "nothing waits for the lock");
          await sleep(1000);
          const services = servicesOf(bench);
          run.kill("SIGINT");
          const { code, stderr } = await run.result;
          assert.equal(code, 130, stderr);
          assert.doesNotMatch(stderr, /must be free within/, "it waited for the lock to its end");
          assert.deepEqual(services.filter(isAlive), []);
          assert.equal(await ours(), 0, "a session goes on waiting");
        });
      }
      await theirs.query("ROLLBACK");
      assert.equal(await reservedRows(url), 0);
    } finally {
      await theirs.end();
      await watcher.end();
    }
  });
});
