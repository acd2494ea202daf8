import assert from "node:assert/strict";
import { Client } from "pg";
import { monotonicUs } from "../net/clock.ts";
import { eventually } from "../net/testing.ts";
import { withStack } from "../stack/testing.ts";
import { HEADER_BYTES } from "../targets/cache_entry_header.ts";
import { askOnce, type Call, complete, newCall, type Statement, type Target } from "../targets/target.ts";
import type { ArmTarget } from "../paths/path.ts";
import { openTargets } from "./open_targets.ts";
import { sleep } from "../net/sleep.ts";

const SESSION = "benchbook test load";

let operations = 0;
function statementOf(text: string): Statement {
  return { operationId: operations++, name: text, write: false, text, parameters: [] };
}

/** As the dispatcher gives up what takes too long. */
function giveUp(call: Call): void {
  const { abort } = call;
  complete(call, monotonicUs(), "timeout", null);
  abort?.();
}

async function ask(target: Target, statement: Statement): Promise<Call> {
  const call = newCall(statement, [], true);
  await askOnce(target, call);
  return call;
}

Deno.test("arms share no connection, and a load of the cache that nobody waits for is given up", async (t) => {
  await withStack(async (stack) => {
    assert.ok(stack.redis.available);
    const { redis } = stack;
    const url = await stack.databaseUrl("arms");
    const paths: ArmTarget[] = [
      { path: "sql", url, session: SESSION },
      {
        path: "sql+cache",
        url,
        session: SESSION,
        cache: { redisUrl: redis.url, prefix: "own:", ttlSeconds: 60 },
      },
    ];
    const arms = paths.map((target) => ({ name: target.path, target, statements: [] }));
    const targets = await openTargets(arms, { connections: 1, nowUs: monotonicUs, seed: 1 });
    const [sql, cached] = targets.byArm as [Target, Target];
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const sleeping = async () => {
      const { rowCount } = await admin.query(
        "SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
        [SESSION],
      );
      return rowCount;
    };
    // Statements of these are under way as long as their test wants it.
    const held = (n: number) => statementOf(`SELECT ${n} AS n FROM pg_advisory_xact_lock_shared(7)`);
    const hold = () => admin.query("SELECT pg_advisory_lock(7)");
    const release = () => admin.query("SELECT pg_advisory_unlock(7)");
    try {
      await t.step(
        "a slow miss holds none of the other arm's, and its connection is free when it is given up",
        async () => {
          const slow = statementOf("SELECT pg_sleep(200)");
          const [first, second] = [newCall(slow, []), newCall(slow, [])];
          const done = [askOnce(cached, first), askOnce(cached, second)];
          await eventually(async () => await sleeping() === 1);
          assert.equal((await ask(sql, statementOf("SELECT 1"))).outcome, "ok");

          // Another one still waits for it.
          giveUp(first);
          await sleep(50);
          assert.equal(await sleeping(), 1);
          giveUp(second);
          await Promise.all(done);
          const began = performance.now();
          assert.equal((await ask(cached, statementOf("SELECT 2"))).outcome, "ok");
          assert.ok(performance.now() - began < 100_000, "it waited for the one that was given up");
          assert.equal(await sleeping(), 0);
        },
      );

      await t.step("who still waits for a load gets its answer, and so does the cache", async () => {
        const some = held(3);
        await hold();
        const [first, second] = [newCall(some, [], true), newCall(some, [], true)];
        const done = [askOnce(cached, first), askOnce(cached, second)];
        await eventually(async () => await sleeping() === 1);
        giveUp(first);
        await release();
        await Promise.all(done);
        assert.deepEqual([second.outcome, second.answer], ["ok", [{ n: 3 }]]);
        await eventually(async () => (await ask(cached, some)).cache === "hit");
      });

      await t.step("a key whose load was given up is loaded anew", async () => {
        const some = held(4);
        await hold();
        const call = newCall(some, []);
        const done = askOnce(cached, call);
        await eventually(async () => await sleeping() === 1);
        giveUp(call);
        await release();
        const again = await ask(cached, some);
        await done;
        assert.deepEqual([again.outcome, again.cache, again.answer], ["ok", "miss", [{ n: 4 }]]);
      });

      await t.step("the answer is given first, then the cache is told", async () => {
        const some = statementOf("SELECT 5 AS n");
        const second = newCall(some, []);
        const both = new Promise<void>((resolve) => {
          const first = newCall(some, []);
          // What is asked at this moment is asked before the cache is told.
          first.onDone = () => void askOnce(cached, second).then(resolve);
          cached.run(first);
        });
        await both;
        assert.equal(second.cache, "miss");
      });

      await t.step("bytes are those of the stored answer and its framing, whatever its letters", async () => {
        const some = statementOf("SELECT 'é 💡 日本' AS text, repeat('ü', 1000) AS more");
        const miss = await ask(cached, some);
        let hit = await ask(cached, some);
        await eventually(async () => (hit = await ask(cached, some)).cache === "hit");
        assert.deepEqual(hit.answer, miss.answer);
        const { length } = new TextEncoder().encode(JSON.stringify(miss.answer));
        const stored = HEADER_BYTES + length;
        assert.equal(hit.bytes, `$${stored}\r\n`.length + stored + "\r\n".length);
      });
    } finally {
      await admin.end();
      await targets.close();
    }
  }, { redis: true, graphql: false });
});
