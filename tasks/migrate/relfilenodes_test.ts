import assert from "node:assert/strict";
import { relfilenodes, rewrittenBetween } from "./relfilenodes.ts";
import { withMigration } from "./testing_steps.ts";

Deno.test("what is written anew is told by its table's name, and what only changes its name is not", async () => {
  await withMigration(async ({ theirs }) => {
    await theirs.query(`
      CREATE SCHEMA shop;
      CREATE TABLE shop.item (id integer PRIMARY KEY, note text);
      CREATE TABLE shop."New item" (id integer PRIMARY KEY, note text);
      CREATE INDEX item_note ON shop.item (note);
      CREATE TABLE shop.day (id integer) PARTITION BY RANGE (id);
      CREATE VIEW shop.seen AS SELECT 1 AS n;
      INSERT INTO shop.item SELECT n, 'x' FROM generate_series(1, 100) AS n`);
    const rewrittenBy = async (sql: string) => {
      const before = await relfilenodes(theirs);
      await theirs.query(sql);
      return rewrittenBetween(before, await relfilenodes(theirs));
    };
    assert.deepEqual(await rewrittenBy("UPDATE shop.item SET note = 'y'"), []);
    assert.deepEqual(await rewrittenBy("VACUUM FULL shop.item"), ["shop.item"]);
    assert.deepEqual(await rewrittenBy("REINDEX TABLE shop.item"), ["shop.item_note", "shop.item_pkey"]);
    assert.deepEqual(
      await rewrittenBy("CREATE TABLE shop.copy AS SELECT * FROM shop.item; DROP VIEW shop.seen"),
      [],
    );
    const swap = `
      ALTER TABLE shop.item RENAME TO old_item;
      ALTER TABLE shop."New item" RENAME TO item;
      ALTER TABLE shop.old_item RENAME TO "New item"`;
    assert.deepEqual(await rewrittenBy(`BEGIN; ${swap}; COMMIT`), []);
    assert.deepEqual(await rewrittenBy(`BEGIN; ALTER TABLE shop."New item" ALTER id TYPE bigint`), [
      'shop."New item"',
    ]);
    assert.deepEqual(await rewrittenBy("ROLLBACK"), ['shop."New item"']);
  });
});
