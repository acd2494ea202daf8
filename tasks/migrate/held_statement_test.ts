import assert from "node:assert/strict";
import { connectClient } from "../postgres/client.ts";
import { runHeld } from "./held_statement.ts";
import { withMigration } from "./testing_steps.ts";

Deno.test("what a statement did holds while it is looked at, and is committed then", async () => {
  await withMigration(async ({ all, url }) => {
    const client = await connectClient(url, { applicationName: "test" });
    const locks = () =>
      all<{ mode: string }>(
        "SELECT mode FROM pg_locks WHERE relation = to_regclass('item') AND granted ORDER BY mode",
      );
    try {
      await client.query("CREATE TABLE item (id integer)");
      const held = await new Promise((resolve) =>
        void runHeld(
          client,
          { text: "ALTER TABLE item ADD COLUMN a integer" },
          async () => resolve(await locks()),
        )
      );
      assert.deepEqual(held, [{ mode: "AccessExclusiveLock" }]);
      const inserted = await runHeld(
        client,
        { text: "INSERT INTO item VALUES ($1, $2)", values: [1, 2] },
        async () => {
          assert.deepEqual(await all("SELECT * FROM item"), []);
        },
      );
      assert.equal(inserted.rowCount, 1);
      assert.deepEqual(await all("SELECT * FROM item"), [{ id: 1, a: 2 }]);
      assert.deepEqual(await locks(), []);
      // Whatever becomes of the look.
      const read = await runHeld(
        client,
        { text: "SELECT n FROM generate_series(1, 3) AS n" },
        () => Promise.reject(),
      );
      assert.deepEqual(read.rows, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    } finally {
      await client.end();
    }
  });
});

Deno.test("a statement that fails is an error, and the session goes on", async () => {
  await withMigration(async ({ all, url }) => {
    const client = await connectClient(url, { applicationName: "test" });
    let looks = 0;
    const look = () => Promise.resolve(looks++);
    try {
      await client.query("CREATE TABLE item (id integer PRIMARY KEY)");
      for (const text of ["SELECT 1 / 0", "nonsense", "SELECT * FROM nothing", "LOCK TABLE item"]) {
        await assert.rejects(runHeld(client, { text }, look));
      }
      await client.query("BEGIN");
      await runHeld(client, { text: "INSERT INTO item VALUES (1)" }, look);
      await assert.rejects(runHeld(client, { text: "INSERT INTO item VALUES (1)" }, look), /duplicate key/);
      await client.query("ROLLBACK");
      assert.deepEqual((await runHeld(client, { text: "SELECT * FROM item" }, look)).rows, []);
      assert.deepEqual(await all("SELECT * FROM item"), []);
      assert.equal(looks, 2);
      // One that only its commit finds wrong.
      await client.query("ALTER TABLE item ADD parent integer REFERENCES item DEFERRABLE INITIALLY DEFERRED");
      await assert.rejects(runHeld(client, { text: "INSERT INTO item VALUES (1, 9)" }, look), /foreign key/);
      assert.equal(looks, 3);
      assert.deepEqual((await client.query("SELECT 1 AS n")).rows, [{ n: 1 }]);
      assert.deepEqual((await client.query("SELECT 2 AS n")).rows, [{ n: 2 }]);
    } finally {
      await client.end();
    }
  });
});

Deno.test("what cannot be part of a transaction, or ends some of its own, runs all the same", async () => {
  await withMigration(async ({ all, url }) => {
    const client = await connectClient(url, { applicationName: "test" });
    const look = () => Promise.resolve();
    try {
      await client.query("CREATE TABLE item (id integer PRIMARY KEY)");
      for (
        const text of [
          "CREATE INDEX CONCURRENTLY item_id ON item (id)",
          "REINDEX INDEX CONCURRENTLY item_id",
          "DROP INDEX CONCURRENTLY item_id",
          "VACUUM item",
          "DO $$ BEGIN INSERT INTO item VALUES (1); COMMIT; INSERT INTO item VALUES (2); ROLLBACK; END $$",
          "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (3); COMMIT; END $$",
          "CALL fill()",
        ]
      ) {
        await runHeld(client, { text }, look);
      }
      assert.deepEqual(await all("SELECT id FROM item ORDER BY id"), [{ id: 1 }, { id: 3 }]);
    } finally {
      await client.end();
    }
  });
});
