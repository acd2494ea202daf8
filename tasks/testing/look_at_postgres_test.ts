import assert from "node:assert/strict";
import { Client } from "pg";
import { withDebianPostgres } from "../stack/testing_user_postgres.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertAsFound, difference } from "./facts.ts";
import { lookAtDatabase, lookAtPostgres } from "./look_at_postgres.ts";
import { type Change, CHANGES, SHOP, TWO_PHASE } from "./testing_changes.ts";
import { MORE_CHANGES } from "./testing_more_changes.ts";

async function provoke(url: string, more: typeof CHANGES = []): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "shopper" });
  await client.connect();
  try {
    await client.query(SHOP);
    let before = await lookAtPostgres(url);
    assertAsFound(before, await lookAtPostgres(url));
    const expected: Change[] = [];
    for (const change of [...CHANGES, "look" as const, ...more, "look" as const]) {
      if (change !== "look") {
        expected.push(change);
        // One by one: several at once are one transaction, and some must not be within one.
        for (const part of change[0].split("; ")) await client.query(part);
        continue;
      }
      const after = await lookAtPostgres(url);
      const lines = difference(before, after);
      for (const [statement, line] of expected.splice(0)) {
        assert.ok(lines.some((text) => line.test(text)), `${statement}:\n${lines.join("\n")}`);
      }
      assert.ok(!lines.join("\n").includes("hidden"));
      before = after;
    }
    const other = new Client({ connectionString: url, application_name: "someone" });
    const alone = await lookAtPostgres(url);
    await other.connect();
    const lines = difference(alone, await lookAtPostgres(url));
    assert.match(lines.join(), /^\+ server: session of \w+ on test \(someone\)$/);
    assertAsFound(alone, await lookAtPostgres(url), { except: [/\(someone\)/] });
    const session = await lookAtDatabase(other, 10);
    await other.query("PREPARE who AS SELECT 1");
    assert.deepEqual(difference(session, await lookAtDatabase(other, 10)), [
      "+ prepared statement of the looking session who (PREPARE who AS SELECT 1)",
    ]);
    await other.end();
  } finally {
    await client.end();
  }
}

Deno.test("every kind of change to PostgreSQL shows, and looking changes nothing", async () => {
  await withPostgres((url) => provoke(url, MORE_CHANGES));
});

Deno.test("the same on Debian's PostgreSQL, where it is installed", async () => {
  await withDebianPostgres(async ({ url }) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query("CREATE DATABASE test");
    await admin.end();
    const test = new URL(url);
    test.pathname = "/test";
    await provoke(test.href, [TWO_PHASE]);
  }, { max_prepared_transactions: "5" });
});

Deno.test("what a role may not see is said, and the rest is looked at", async () => {
  await withPostgres(async (url) => {
    const clerk = new URL(url);
    clerk.username = "clerk";
    clerk.password = "first";
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(SHOP);
      await client.query("ALTER TABLE shop.customers OWNER TO clerk; GRANT USAGE ON SCHEMA shop TO clerk");
      const before = await lookAtPostgres(clerk.href);
      const unseen = (name: string) => assert.match(String(before.get(name)), /^cannot be seen: permission /);
      unseen("test: content of table shop.orders");
      unseen("server: what server/passwords.sql looks at");
      await client.query("UPDATE shop.customers SET city = 'Rome' WHERE id = 2");
      const lines = difference(before, await lookAtPostgres(clerk.href)).join("\n");
      assert.match(lines, /^~ test: content of table shop\.customers: values \+ \(2,Bob,Rome\)$/m);
    } finally {
      await client.end();
    }
  });
});
