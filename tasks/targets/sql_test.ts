import assert from "node:assert/strict";
import { Client } from "pg";
import type { Network } from "../net/channel.ts";
import { listenApart } from "../net/listen_apart.ts";
import { eventually, overEachNetwork } from "../net/testing.ts";
import { withPostgres } from "../stack/testing.ts";
import { startProxy } from "./testing_pg_proxy.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, type Call, complete, newCall, type Statement, type Value } from "./target.ts";
import { sleep } from "../net/sleep.ts";

const nowUs = () => performance.now() * 1000;

function statement(text: string, parameters: string[] = [], operationId = 0): Statement {
  return { operationId, name: `op${operationId}`, write: false, text, parameters };
}

async function ask(
  target: SqlTarget,
  text: string,
  values: readonly Value[] = [],
  operationId = 0,
): Promise<Call> {
  const call = newCall(statement(text, [], operationId), values, true);
  await askOnce(target, call);
  return call;
}

Deno.test("direct SQL against a real server", async (t) => {
  await withPostgres((url) => overEachNetwork((network, by) => overNetwork(t, url, network, by)));
});

async function overNetwork(t: Deno.TestContext, url: string, network: Network, by: string): Promise<void> {
  const step = (name: string, work: () => Promise<void>) => t.step(`${by}: ${name}`, work);
  const target = new SqlTarget({ url, connections: 2, nowUs, network });
  await target.open();
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await step("an answer carries rows, bytes and times in order", async () => {
      const call = await ask(
        target,
        "SELECT $1::int AS n, 1.50::numeric AS price, date '2024-02-29' AS day",
        [7],
        1,
      );
      assert.equal(call.outcome, "ok");
      assert.deepEqual(call.answer, [{ n: 7, price: "1.50", day: "2024-02-29" }]);
      assert.equal(call.rows, 1);
      assert.ok(call.bytes > 20, `${call.bytes} bytes`);
      assert.ok(call.acquiredUs <= call.sentUs && call.sentUs < call.doneUs);
    });

    await step("a failed statement keeps its SQLSTATE and the connection goes on", async () => {
      const call = await ask(target, "SELECT 1/$1::int", [0], 2);
      assert.deepEqual([call.outcome, call.error], ["failed", "22012"]);
      assert.equal((await ask(target, "SELECT 1", [], 3)).outcome, "ok");
    });

    await step("waiting for a connection shows between woke and acquired", async () => {
      const before = nowUs();
      const slow = [1, 2].map(() => ask(target, "SELECT pg_sleep(0.15)", [], 4));
      const waiting = await ask(target, "SELECT 1", [], 3);
      assert.ok(waiting.acquiredUs - before >= 150_000);
      assert.ok(waiting.sentUs >= waiting.acquiredUs);
      const freedUs = Math.min(...(await Promise.all(slow)).map(({ doneUs }) => doneUs));
      assert.ok(waiting.acquiredUs >= freedUs, "it was given none before one was free");
    });

    await step("a call given up frees its place and its late answer changes nothing", async () => {
      const call = newCall(statement("SELECT pg_sleep(5)", [], 5), []);
      const running = askOnce(target, call);
      await sleep(50);
      call.completed = true;
      call.outcome = "timeout";
      call.doneUs = 123;
      call.abort!();
      await running;
      assert.deepEqual([call.outcome, call.doneUs], ["timeout", 123]);
      const after = await Promise.all([1, 2, 3].map(() => ask(target, "SELECT 1", [], 3)));
      assert.deepEqual(after.map(({ outcome }) => outcome), ["ok", "ok", "ok"]);
    });

    await step("a call given up while it waits takes no connection", async () => {
      const slow = [1, 2].map(() => ask(target, "SELECT pg_sleep(0.1)", [], 4));
      const call = newCall(statement("SELECT 1", [], 3), []);
      const waiting = askOnce(target, call);
      call.completed = true;
      call.abort!();
      await waiting;
      assert.ok(Number.isNaN(call.acquiredUs));
      await Promise.all(slow);
      assert.equal((await ask(target, "SELECT 1", [], 3)).outcome, "ok");
    });

    await step("a terminated connection fails with the server's SQLSTATE and is made anew", async () => {
      const dying = [1, 2].map(() => ask(target, "SELECT pg_sleep(30)", [], 5));
      const sleeping =
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query ~ '^SELECT pg_sleep.30'";
      await eventually(async () => (await admin.query(sleeping)).rowCount === 2);
      await admin.query(`SELECT pg_terminate_backend(pid) FROM (${sleeping}) AS dying`);
      assert.deepEqual((await Promise.all(dying)).map(({ error }) => error), ["57P01", "57P01"]);
      assert.equal((await ask(target, "SELECT 1", [], 3)).outcome, "ok");
    });

    await step("a connection lost while idle costs no request", async () => {
      await admin.query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'benchbook-load'",
      );
      await sleep(50);
      const calls = await Promise.all([1, 2, 3].map(() => ask(target, "SELECT 1", [], 3)));
      assert.deepEqual(calls.map(({ outcome }) => outcome), ["ok", "ok", "ok"]);
    });

    await step(
      "a plan whose columns changed fails once on a connection, then it is made anew",
      async () => {
        await admin.query("DROP TABLE IF EXISTS changing; CREATE TABLE changing AS SELECT 1 AS n");
        const both = () =>
          Promise.all([1, 2].map(() => ask(target, "SELECT n, pg_sleep(0.05) FROM changing", [], 7)));
        await both();
        await admin.query("ALTER TABLE changing ALTER n TYPE bigint");
        assert.deepEqual((await both()).map(({ error }) => error), ["0A000", "0A000"]);
        assert.deepEqual((await both()).map(({ answer }) => (answer as { n: string }[])[0]!.n), ["1", "1"]);
      },
    );

    await step("a statement that the server has forgotten fails once and is prepared anew", async () => {
      const one = new SqlTarget({ url, connections: 1, nowUs, network });
      await one.open();
      await ask(one, "SELECT 1 AS n", [], 8);
      await ask(one, "DEALLOCATE ALL", [], 9);
      assert.equal((await ask(one, "SELECT 1 AS n", [], 8)).error, "26000");
      assert.deepEqual((await ask(one, "SELECT 1 AS n", [], 8)).answer, [{ n: 1 }]);
      await one.close();
    });

    await step("an operation whose text changed is prepared anew", async () => {
      assert.deepEqual((await ask(target, "SELECT 1 AS a", [], 10)).answer, [{ a: 1 }]);
      assert.deepEqual((await ask(target, "SELECT 2 AS b", [], 10)).answer, [{ b: 2 }]);
    });

    // The way to it is of this thread too.
    await step(
      "a server that vanishes and returns: failures meanwhile, then answers",
      () =>
        network.outside(async () => {
          const { port } = new URL(url);
          let listener = listenApart();
          let proxy = startProxy(listener, Number(port));
          const proxied = new URL(url);
          proxied.port = String(listener.addr.port);
          const one = new SqlTarget({ url: proxied.href, connections: 1, nowUs, network });
          await one.open();
          const waiting = ask(one, "SELECT pg_sleep(5)", [], 5);
          await sleep(30);
          await proxy.close();
          assert.equal((await waiting).error, "08006");
          assert.equal((await ask(one, "SELECT 1", [], 3)).error, "08001");

          // It accepts again and does not answer yet; the call is given up meanwhile. A place that could not be
          // opened waits a moment before it is tried again.
          await sleep(150);
          await admin.query("DROP TABLE IF EXISTS written; CREATE TABLE written (n int)");
          listener = Deno.listen({ hostname: "127.0.0.1", port: Number(proxied.port) });
          const call = newCall(statement("INSERT INTO written VALUES (1)", [], 11), []);
          const running = askOnce(one, call);
          await sleep(30);
          complete(call, nowUs(), "timeout", null);
          proxy = startProxy(listener, Number(port));
          await running;
          assert.ok(Number.isNaN(call.sentUs));
          assert.deepEqual((await ask(one, "SELECT count(*)::int AS n FROM written", [], 12)).answer, [{
            n: 0,
          }]);
          await one.close();
          await proxy.close();
        }),
    );

    await step("where not all connections can be opened, none stays open", async () => {
      await admin.query(
        "DROP ROLE IF EXISTS few; CREATE ROLE few LOGIN PASSWORD 'secret' CONNECTION LIMIT 2",
      );
      const limited = new URL(url);
      limited.username = "few";
      limited.password = "secret";
      const three = new SqlTarget({ url: limited.href, connections: 3, nowUs, network });
      await assert.rejects(
        three.open(),
        /Cannot open 3 connections to PostgreSQL: too many connections for role/,
      );
      // Backends end a moment after their connections.
      const left = "SELECT FROM pg_stat_activity WHERE usename = 'few'";
      while ((await admin.query(left)).rowCount !== 0) {
        await sleep(10);
      }
    });
  } finally {
    await admin.end();
    await target.close();
  }
}

Deno.test("a server that is not there is named without the password", async () => {
  await overEachNetwork(async (network) => {
    const target = new SqlTarget({
      url: "postgres://u:secret@127.0.0.1:1/x",
      connections: 1,
      nowUs,
      network,
    });
    await assert.rejects(
      target.open(),
      (error: Error) => /refused/i.test(error.message) && !error.message.includes("secret"),
    );
  });
});

Deno.test("a URL that cannot be read is not repeated: it may hold a password", async () => {
  const target = new SqlTarget({ url: "postgres://u:secret@h:99999999/x", connections: 1, nowUs });
  await assert.rejects(
    target.open(),
    (error: Error) => /not a URL/.test(error.message) && !error.message.includes("secret"),
  );
});
