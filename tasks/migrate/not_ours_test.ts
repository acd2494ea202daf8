import assert from "node:assert/strict";
import { Client } from "pg";
import { sleep } from "../net/sleep.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { makeTables } from "./ledger/check/shop.ts";
import { migrateSql } from "./migrate_sql.ts";
import { withMigration } from "./testing_steps.ts";

Deno.test("a session is ended by its process and by when that began: another one of that number stays", async () => {
  await withMigration(async ({ theirs, url }) => {
    const { rows: [own] } = await theirs.query<{ pid: number; beganAt: string }>(migrateSql("session.sql"));
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const end = (beganAt: string) => client.query(migrateSql("end_session.sql"), [own!.pid, beganAt, 2000]);
      const sleeping = theirs.query("SELECT pg_sleep(600)").catch((error) => error as { code: string });
      const isActive = async (beganAt: string) =>
        (await client.query(migrateSql("still_active.sql"), [own!.pid, beganAt])).rows[0].active;
      while (!await isActive(own!.beganAt)) await sleep(10);
      assert.equal(await isActive("1.000000"), false);
      assert.equal((await end("1.000000")).rowCount, 0);
      assert.equal(await isActive(own!.beganAt), true);
      theirs.on("error", () => {});
      assert.equal((await end(own!.beganAt)).rowCount, 1);
      assert.equal((await sleeping as { code: string }).code, "57P01");
    } finally {
      await client.end();
    }
  });
});

Deno.test("the check of the ledger removes no schema without its mark", async () => {
  await withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query("CREATE SCHEMA northwind; CREATE TABLE northwind.theirs AS SELECT 1 AS n");
      await assert.rejects(makeTables(client), /schema "northwind" already exists/);
      assert.equal((await client.query("SELECT n FROM northwind.theirs")).rowCount, 1);
      await client.query("DROP TABLE northwind.theirs; DROP SCHEMA northwind");
      await makeTables(client);
      await makeTables(client);
    } finally {
      await client.end();
    }
  });
});
