import assert from "node:assert/strict";
import type { StatementEffects } from "../model/statement_effects.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { statementEffects } from "./effects.ts";

async function effectsOf(sql: string): Promise<StatementEffects> {
  const [node] = await parseStatements(sql, { file: "test.sql" });
  return statementEffects(node!);
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
