import assert from "node:assert/strict";
import pg from "pg";
import { ServiceError } from "../model/errors.ts";
import { freePort } from "./ports.ts";
import { inspectPostgres, refuseUnusable } from "./postgres_server.ts";
import { openStack } from "./stack.ts";
import { testConfig, withPostgres, withRedis, withTempHome } from "./testing.ts";

async function failure(url: string, timeoutMs = 60_000): Promise<ServiceError> {
  try {
    await inspectPostgres(url, "DATABASE_URL", { timeoutMs });
  } catch (error) {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.exitCode, 3);
    assert.ok(error.next, error.message);
    return error;
  }
  throw new Error("it was accepted");
}

async function unusableUrls(url: string): Promise<void> {
  const changed = (change: (url: URL) => void) => {
    const copy = new URL(url);
    change(copy);
    return copy.href;
  };
  const closed = freePort();
  const cases: [string, RegExp][] = [
    [changed((url) => url.port = String(closed)), /connection refused at 127\.0\.0\.1:\d+$/],
    [changed((url) => url.password = "wrong-secret"), /wrong password for user "benchbook" at/],
    [changed((url) => url.pathname = "/nothing"), /there is no database "nothing" at/],
    [changed((url) => url.search = "sslmode=require"), /TLS with 127\.0\.0\.1:\d+ failed/],
    [changed((url) => url.hostname = "no-such-host.invalid"), /the host no-such-host\.invalid is unknown/],
    [changed((url) => url.password = ""), /asks for a password and DATABASE_URL has none/],
  ];
  const secrets = [new URL(url).password, "wrong-secret"];
  for (const [bad, expected] of cases) {
    const { message, next } = await failure(bad);
    assert.match(message, /^Cannot connect to DATABASE_URL: /);
    assert.match(message, expected);
    for (const secret of secrets) assert.ok(!`${message} ${next}`.includes(secret), message);
  }
}

Deno.test("something else than PostgreSQL behind DATABASE_URL is refused in time", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { port } = silent.addr as Deno.NetAddr;
    const { message } = await failure(`postgres://u:p@127.0.0.1:${port}/d`, 1_000);
    assert.match(message, /no answer from 127\.0\.0\.1:\d+ in time/);
  } finally {
    silent.close();
  }
});

async function ordinaryRole(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE ROLE shopkeeper LOGIN PASSWORD 'shop'; DROP EXTENSION pg_stat_statements");
  await client.end();
  const user = new URL(url);
  user.username = "shopkeeper";
  user.password = "shop";
  const facts = await inspectPostgres(user.href, "DATABASE_URL");
  assert.equal(facts.superuser, false);
  assert.equal(facts.statements, false);
  assert.equal(facts.settings.fsync, "on");
  assert.equal(facts.settings.server_encoding, "UTF8");
  const all = facts.unavailable.join("\n");
  for (const word of ["pg_stat_statements", "pg_read_all_stats", "create a schema"]) {
    assert.ok(all.includes(word), all);
  }
  const old = { version: "13.14", version_number: 130_014, is_replica: false };
  assert.throws(
    () => refuseUnusable(old, "DATABASE_URL"),
    /PostgreSQL 14 or later is needed, this is 13\.14/,
  );
  refuseUnusable({ ...old, version_number: 140_000 }, "DATABASE_URL");
  assert.throws(
    () => refuseUnusable({ ...old, version_number: 140_000, is_replica: true }, "DATABASE_URL"),
    /read-only replica/,
  );
}

async function usedAsTheyAre(databaseUrl: string): Promise<void> {
  await withRedis((redisUrl) =>
    withTempHome(async (home) => {
      const config = { ...await testConfig(home), databaseUrl, redisUrl };
      const stack = await openStack(config, { owner: "bench", need: { redis: true, graphql: false } });
      try {
        assert.equal(stack.postgres.origin, "user");
        assert.equal(await stack.databaseUrl("whatever"), databaseUrl);
        const open = databaseUrl.replace("?sslmode=disable", "");
        assert.notEqual(open, databaseUrl);
        // The server has no TLS, and all connections go the way that the first has found.
        assert.equal((await inspectPostgres(open, "DATABASE_URL")).url, databaseUrl);
        assert.ok(stack.redis.available && stack.redis.origin === "user");
        assert.deepEqual(stack.pids(), {});
        const text = JSON.stringify(stack.facts());
        assert.ok(!text.includes(new URL(databaseUrl).password));
        assert.ok(!text.includes(new URL(redisUrl).password));
      } finally {
        await stack.stop();
      }
      assert.equal((await inspectPostgres(databaseUrl, "DATABASE_URL")).version, stack.postgres.version);
    })
  );
}

async function silentRedisAndGraphql(databaseUrl: string): Promise<void> {
  await withTempHome(async (home) => {
    const closed = freePort();
    const stack = await openStack({
      ...await testConfig(home),
      databaseUrl,
      redisUrl: `redis://:some-secret@127.0.0.1:${closed}`,
      graphqlUrl: `http://127.0.0.1:${closed}/graphql`,
    }, { owner: "bench", need: { redis: true, graphql: true } });
    const graphql = await stack.graphql(databaseUrl, ["public"]);
    assert.ok(!stack.redis.available && !graphql.available);
    assert.match(
      stack.redis.reason,
      /^REDIS_URL cannot be used: connection refused at 127\.0\.0\.1:\d+\.$/,
    );
    assert.match(graphql.reason, /^GRAPHQL_URL cannot be used: connection refused at/);
    const named = stack.unavailable.filter((text) => /Redis|GraphQL/.test(text));
    assert.equal(named.length, 2);
    assert.ok(!JSON.stringify([stack.unavailable, stack.facts()]).includes("some-secret"));
    await stack.stop();
  });
}

async function noRedis(databaseUrl: string): Promise<void> {
  await withTempHome(async (home) => {
    for (
      const [redisServer, expected] of [["/no/such/program", /not a program/], [
        "/bin/false",
        /Redis/,
      ]] as const
    ) {
      const config = { ...await testConfig(home), databaseUrl, redisServer };
      const stack = await openStack(config, { owner: "bench", need: { redis: true, graphql: false } });
      assert.ok(!stack.redis.available);
      assert.match(stack.redis.reason, expected);
      assert.match(stack.redis.reason, /REDIS_URL/);
      await stack.stop();
    }
  });
}

Deno.test("a server of the user's", (t) =>
  withPostgres(async (url) => {
    await t.step("an unusable DATABASE_URL is a sentence about what is wrong, without the password", () =>
      unusableUrls(url));
    await t.step("services of the user's are used as they are, and none is started or stopped", () =>
      usedAsTheyAre(url));
    await t.step(
      "a Redis or GraphQL of the user's that does not answer makes paths unavailable, not an error",
      () =>
        silentRedisAndGraphql(url),
    );
    await t.step(
      "a Redis that cannot be had is a reason with what to do, and the rest of the stack runs",
      () =>
        noRedis(url),
    );
    // Last: it takes pg_stat_statements away.
    await t.step("what an ordinary role cannot measure is named, and PostgreSQL 14 is the oldest", () =>
      ordinaryRole(url));
  }));
