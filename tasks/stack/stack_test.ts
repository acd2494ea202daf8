import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { identify, isAlive } from "./process.ts";
import { openStack } from "./stack.ts";
import { readRecords } from "./state.ts";
import { testConfig, withTempHome } from "./testing.ts";

async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

Deno.test("the embedded stack starts, answers over every service, and leaves no process behind", async () => {
  await withTempHome(async (home) => {
    const config = await testConfig(home);
    const steps: string[] = [];
    const stack = await openStack(config, {
      owner: "bench",
      need: { redis: true, graphql: true },
      onStep: (text) => steps.push(text),
    });
    const processes = [];
    try {
      const url = await stack.databaseUrl("shop");
      await rows(url, "CREATE SCHEMA shop; CREATE TABLE shop.item (id int PRIMARY KEY, name text)");
      await rows(url, "INSERT INTO shop.item VALUES (1, 'tea')");
      assert.equal((await rows(url, "SELECT FROM pg_stat_statements LIMIT 1")).length, 1);

      const graphql = await stack.graphql(url, ["shop"]);
      assert.ok(graphql.available, graphql.available ? "" : graphql.reason);
      const response = await fetch(graphql.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ __schema { queryType { fields { name } } } }" }),
      });
      assert.match(await response.text(), /"name":"items?"/);

      assert.ok(stack.redis.available);
      assert.deepEqual(stack.unavailable, []);
      const facts = stack.facts();
      assert.deepEqual(facts.map(({ name, available }) => [name, available]), [
        ["postgres", true],
        ["redis", true],
        ["graphql", true],
      ]);
      assert.equal(facts[0]!.settings.fsync, "on");
      assert.equal(facts[0]!.settings.synchronous_commit, "on");
      for (const file of ["postgres", "redis"]) {
        const secret = readFileSync(join(home, "secrets", file), "utf8").trim();
        assert.ok(!JSON.stringify(facts).includes(secret), `the facts hold the password of ${file}`);
        assert.ok(!readFileSync(join(home, "stack.json"), "utf8").includes(secret));
      }
      assert.deepEqual(Object.keys(stack.pids()).sort(), ["graphql", "postgres", "redis"]);
      assert.deepEqual(steps, ["Starting PostgreSQL", "Starting Redis", "Starting PostGraphile"]);
      for (const pid of Object.values(stack.pids())) processes.push(identify(pid)!);
      assert.equal(processes.length, 3);
    } finally {
      const begun = performance.now();
      await stack.stop();
      assert.ok(performance.now() - begun < 30_000, "no service had to be waited for");
    }
    assert.ok(processes.every((id) => !isAlive(id)));
    assert.deepEqual(readRecords(home), []);
    assert.ok(!existsSync(join(home, "stack.json")));
  });
});
