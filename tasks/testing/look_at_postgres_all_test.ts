import assert from "node:assert/strict";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { difference } from "./facts.ts";
import { lookAtPostgres } from "./look_at_postgres.ts";
import { SHOP } from "./testing_changes.ts";
import { MORE_CHANGES } from "./testing_more_changes.ts";
import { provoke } from "./testing_provoke.ts";

Deno.test("every kind of change to PostgreSQL shows, and looking changes nothing", async () => {
  await withPostgres((url) => provoke(url, MORE_CHANGES));
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
