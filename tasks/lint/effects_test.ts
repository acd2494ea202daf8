import assert from "node:assert/strict";
import type { StatementEffects } from "../model/statement_effects.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { applyStatement } from "./apply.ts";
import { Catalogue } from "./catalogue.ts";
import { statementEffects } from "./effects.ts";

/** @param before SQL that has made the database; null: nothing is known of it */
async function effectsOf(sql: string, before: string | null = null): Promise<StatementEffects> {
  const known = new Catalogue(before !== null, ["public"]);
  for (const node of await parseStatements(before ?? "", { file: "before.sql" })) {
    applyStatement(node, known, false);
  }
  const [node] = await parseStatements(sql, { file: "test.sql" });
  return statementEffects(node!, known);
}

Deno.test("a statement of several subcommands takes the strongest lock of them, and its foreign key's table another", async () => {
  const effects = await effectsOf(
    "ALTER TABLE shop.line ADD CONSTRAINT k FOREIGN KEY (item) REFERENCES shop.item, ADD COLUMN at timestamptz DEFAULT clock_timestamp()",
  );
  assert.deepEqual(effects.locks, [
    { relation: "shop.line", mode: "AccessExclusiveLock" },
    { relation: "shop.item", mode: "ShareRowExclusiveLock" },
  ]);
  assert.deepEqual(effects.work.map(({ kind, relation, into }) => [kind, relation, into]), [
    ["look-up", "shop.line", "shop.item"],
    ["rewrite", "shop.line", null],
  ]);
});

Deno.test("what CONCURRENTLY does is known: a weak lock, no transaction around it, and a wait for older ones", async () => {
  const { locks, work, alone } = await effectsOf("CREATE INDEX CONCURRENTLY i ON shop.line (item)");
  assert.deepEqual(locks, [{ relation: "shop.line", mode: "ShareUpdateExclusiveLock" }]);
  assert.deepEqual(work.map(({ kind }) => kind), ["index build", "wait for transactions"]);
  assert.equal(alone, true);
});

Deno.test("names are quoted where PostgreSQL would", async () => {
  const { locks } = await effectsOf('ALTER TABLE "Shop"."order" DROP COLUMN note');
  assert.deepEqual(locks, [{ relation: '"Shop"."order"', mode: "AccessExclusiveLock" }]);
});

Deno.test("what cannot be known is said to be unknown", async () => {
  assert.match((await effectsOf("DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$")).unknown!, /DO/);
  assert.match((await effectsOf("SELECT shop.move_all()")).unknown!, /shop\.move_all/);
  assert.equal((await effectsOf("SELECT now()")).unknown, null);
});

/** A table that is divided, with what has no order that is everybody's. */
const DIVIDED = `
  CREATE TABLE shop.day (at date, n int) PARTITION BY RANGE (at);
  CREATE TABLE shop.day_1 PARTITION OF shop.day FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
  CREATE TABLE shop.day_2 PARTITION OF shop.day FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
  CREATE TABLE shop.word (w text) PARTITION BY RANGE (w);
  CREATE TABLE shop.word_1 PARTITION OF shop.word FOR VALUES FROM ('a') TO ('n');
  CREATE TABLE shop.hashed (n int) PARTITION BY HASH (n);
  CREATE TABLE shop.hashed_1 PARTITION OF shop.hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0)`;

Deno.test("which partitions rows go to is told where they are constants, and said to be unknown elsewhere", async () => {
  const lockedBy = async (sql: string) => {
    const { locks, unknown } = await effectsOf(sql, DIVIDED);
    return unknown ?? locks.map(({ relation }) => relation.replace("shop.", ""));
  };
  assert.deepEqual(await lockedBy("INSERT INTO shop.day VALUES ('1999-12-31', 1)"), ["day", "day_1"]);
  assert.deepEqual(await lockedBy("INSERT INTO shop.day (n, at) VALUES (1, '2026-01-01')"), ["day", "day_2"]);
  for (
    const sql of [
      "INSERT INTO shop.day VALUES (now(), 1)",
      "INSERT INTO shop.day VALUES ('tomorrow', 1)",
      "INSERT INTO shop.day (n) VALUES (1)",
      "INSERT INTO shop.day SELECT at, n FROM shop.day",
      "INSERT INTO shop.day DEFAULT VALUES",
      "COPY shop.day FROM '/tmp/days'",
      "INSERT INTO shop.word VALUES ('b')",
      "INSERT INTO shop.hashed VALUES (1)",
    ]
  ) {
    assert.match(
      String(await lockedBy(sql)),
      /^which partitions of shop\.\w+ its rows go to, which are locked too$/,
      sql,
    );
  }
});

Deno.test("which tables a publication leaves is told where those that it names are known", async () => {
  const sql = "ALTER PUBLICATION sales SET TABLE shop.day";
  assert.match((await effectsOf(sql)).unknown!, /^which tables the publication names now/);
  const { locks } = await effectsOf(
    sql,
    `${DIVIDED}; CREATE PUBLICATION sales FOR TABLE shop.word, shop.hashed; ALTER PUBLICATION sales DROP TABLE shop.word; ALTER PUBLICATION sales ADD TABLE shop.day;`,
  );
  assert.deepEqual(locks.map(({ relation }) => relation).sort(), ["shop.day", "shop.hashed"]);
});
