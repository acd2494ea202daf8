import assert from "node:assert/strict";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { SqlTarget } from "./sql.ts";
import { type Call, newCall, type Statement, type Value } from "./target.ts";

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
  await target.run(call);
  return call;
}

Deno.test("direct SQL against a real server", async (t) => {
  await withPostgres(async (url) => {
    const target = new SqlTarget({ url, connections: 2, nowUs });
    await target.open();
    const admin = new Client({ connectionString: url });
    await admin.connect();
    try {
      await t.step("an answer carries rows, bytes and times in order", async () => {
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

      await t.step("a failed statement keeps its SQLSTATE and the connection goes on", async () => {
        const call = await ask(target, "SELECT 1/$1::int", [0], 2);
        assert.deepEqual([call.outcome, call.error], ["failed", "22012"]);
        assert.equal((await ask(target, "SELECT 1", [], 3)).outcome, "ok");
      });

      await t.step("waiting for a connection shows between woke and acquired", async () => {
        const slow = [1, 2].map(() => ask(target, "SELECT pg_sleep(0.15)", [], 4));
        await new Promise((resolve) => setTimeout(resolve, 30));
        const before = nowUs();
        const waiting = await ask(target, "SELECT 1", [], 3);
        assert.ok(waiting.acquiredUs - before > 50_000);
        assert.ok(waiting.doneUs - waiting.sentUs < waiting.acquiredUs - before);
        await Promise.all(slow);
      });

      await t.step("a call given up frees its place and its late answer changes nothing", async () => {
        const call = newCall(statement("SELECT pg_sleep(5)", [], 5), []);
        const running = target.run(call);
        await new Promise((resolve) => setTimeout(resolve, 50));
        call.settled = true;
        call.outcome = "timeout";
        call.doneUs = 123;
        call.abort!();
        await running;
        assert.deepEqual([call.outcome, call.doneUs], ["timeout", 123]);
        const after = await Promise.all([1, 2, 3].map(() => ask(target, "SELECT 1", [], 3)));
        assert.deepEqual(after.map(({ outcome }) => outcome), ["ok", "ok", "ok"]);
      });

      await t.step("a call given up while it waits takes no connection", async () => {
        const slow = [1, 2].map(() => ask(target, "SELECT pg_sleep(0.1)", [], 4));
        const call = newCall(statement("SELECT 1", [], 3), []);
        const waiting = target.run(call);
        call.settled = true;
        call.abort!();
        await waiting;
        assert.ok(Number.isNaN(call.acquiredUs));
        await Promise.all(slow);
        assert.equal((await ask(target, "SELECT 1", [], 3)).outcome, "ok");
      });

      await t.step("a terminated connection fails with the server's SQLSTATE and is made anew", async () => {
        const dying = [1, 2].map(() => ask(target, "SELECT pg_sleep(5)", [], 5));
        await new Promise((resolve) => setTimeout(resolve, 100));
        await admin.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'benchbook-load'",
        );
        assert.deepEqual((await Promise.all(dying)).map(({ error }) => error), ["57P01", "57P01"]);
        assert.equal((await ask(target, "SELECT 1", [], 3)).outcome, "ok");
      });
    } finally {
      await admin.end();
      await target.close();
    }
  });
});

Deno.test("a server that is not there is named without the password", async () => {
  const target = new SqlTarget({ url: "postgres://u:secret@127.0.0.1:1/x", connections: 1, nowUs });
  await assert.rejects(
    target.open(),
    (error: Error) => /refused/i.test(error.message) && !error.message.includes("secret"),
  );
});
