import assert from "node:assert/strict";
import { statementEffects } from "../lint/effects.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { Lineage, queryOf } from "./lineage.ts";
import { mentioned } from "./mentioned.ts";
import { table } from "./testing.ts";

async function after(sql: string, rows: number): Promise<Lineage> {
  const lineage = new Lineage(new Map([["shop.orders", table()]]));
  for (const node of await parseStatements(sql, { file: "a test" })) {
    const query = queryOf(node, sql) === null
      ? null
      : { text: "SELECT 1", cost: 1, rows, width: 40, steps: "", indexes: [], partitions: null };
    lineage.after(node, statementEffects(node), query);
  }
  return lineage;
}

Deno.test("a table that takes another's name has its rows once they are copied, and is like it", async () => {
  const { relations } = await after(
    `ALTER TABLE shop.orders RENAME TO orders_whole;
     CREATE TABLE shop.orders (LIKE shop.orders_whole INCLUDING DEFAULTS) PARTITION BY RANGE (id);
     INSERT INTO shop.orders SELECT * FROM shop.orders_whole;
     CREATE INDEX ON shop.orders (city)`,
    270_000,
  );
  const { rows, bytes, origin, indexes } = relations.get("shop.orders")!;
  assert.deepEqual([rows, bytes, origin, indexes.length], [270_000, table().bytes, "shop.orders", 1]);
  assert.equal(relations.get("shop.orders_whole")!.rows, 270_000);
});

Deno.test("a divided table's rows are those of its partitions, which are like what they come from", async () => {
  const { relations } = await after(
    `ALTER TABLE shop.orders RENAME TO orders_whole;
     CREATE TABLE shop.orders (LIKE shop.orders_whole) PARTITION BY RANGE (id);
     CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES FROM (0) TO (10);
     CREATE TABLE shop.orders_2 PARTITION OF shop.orders DEFAULT;
     INSERT INTO shop.orders SELECT * FROM shop.orders_whole`,
    270_000,
  );
  for (const name of ["shop.orders_1", "shop.orders_2"]) {
    const { rows, bytes, origin } = relations.get(name)!;
    assert.deepEqual([rows, bytes, origin], [135_000, table().bytes / 2, "shop.orders"]);
  }
});

Deno.test("a query is planned by the names that there are before the change", async () => {
  const lineage = await after("ALTER TABLE shop.orders RENAME TO orders_whole", 0);
  assert.equal(
    lineage.before("SELECT * FROM shop.orders_whole o JOIN shop.orders_wholesale w ON true"),
    "SELECT * FROM shop.orders o JOIN shop.orders_wholesale w ON true",
  );
});

Deno.test("the query of a statement is what it keeps the rows of", async () => {
  const of = async (sql: string) => queryOf((await parseStatements(sql, { file: "a test" }))[0]!, sql);
  assert.equal(await of("CREATE MATERIALIZED VIEW v AS\nSELECT a FROM t WITH NO DATA"), "SELECT a FROM t");
  assert.equal(
    await of("INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x"),
    "WITH x AS (SELECT 1) SELECT * FROM x",
  );
  assert.equal(await of("INSERT INTO t VALUES (1)"), null);
  assert.equal(await of("CREATE VIEW v AS SELECT a FROM t"), null);
});

Deno.test("a question reads what its functions and their views name, and nothing whose name merely begins so", () => {
  const named = [
    { name: "shop.totals", text: "SELECT sum(x) FROM shop.lines" },
    { name: "shop.lines", text: "SELECT * FROM shop.order_lines JOIN shop.orders USING (id)" },
    { name: "shop.other", text: "SELECT * FROM shop.hidden" },
  ];
  assert.deepEqual(
    mentioned("SELECT * FROM shop.totals($1)", named, ["shop.orders", "shop.order", "shop.hidden"]),
    ["shop.lines", "shop.orders", "shop.totals"],
  );
});
