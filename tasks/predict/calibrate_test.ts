import assert from "node:assert/strict";
import type { WorkKind } from "../model/statement_effects.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { calibrate, forgetLikenesses } from "./calibrate.ts";
import { factsOf, workKey } from "./facts.ts";
import { readNamed } from "./mentioned.ts";
import { explainQuery, readRelations } from "./read_facts.ts";
import { slowdownOf } from "./slowdown.ts";
import { work } from "./testing.ts";

Deno.test("rates are measured on rows of our own: the table is not read, and nothing is left behind", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.customers (id integer PRIMARY KEY);
        CREATE TABLE shop.orders (
          id integer PRIMARY KEY, customer_id integer, city varchar(15), note text, total numeric(12, 2),
          placed timestamptz, tags text[], doubled numeric GENERATED ALWAYS AS (total * 2) STORED
        );
        INSERT INTO shop.customers SELECT generate_series(1, 5000);
        INSERT INTO shop.orders SELECT i, 1 + i % 5000, 'city ' || i % 70, repeat('x', 50), i, now(), '{a}'
          FROM generate_series(1, 30000) AS made (i);
        CREATE INDEX ON shop.orders (city, placed DESC);
        ANALYZE shop.orders;
        ANALYZE shop.customers`);
      const relations = await readRelations(client);
      const orders = relations.find(({ relation }) => relation === "shop.orders")!;
      assert.equal(orders.rows, 30_000);
      assert.deepEqual(orders.indexes.map(({ definition }) => definition), [
        "USING btree (city, placed DESC)",
        "USING btree (id)",
      ]);
      const read = async () => {
        await client.query("SELECT pg_stat_force_next_flush()");
        await client.query("SELECT pg_stat_clear_snapshot()");
        const { rows } = await client.query(
          "SELECT seq_scan, idx_scan, n_tup_upd FROM pg_stat_user_tables WHERE relname = 'orders'",
        );
        return rows;
      };
      const before = await read();
      const asked = [
        work("rewrite"),
        work("scan"),
        work("row changes"),
        work("index build", { columns: ["city"], including: ["note"] }),
        work("look-up", { columns: ["customer_id"], into: "shop.customers" }),
      ];
      await client.query(`
        CREATE VIEW shop.by_city AS SELECT city, sum(total) AS total FROM shop.orders GROUP BY city;
        CREATE VIEW shop.best AS SELECT * FROM shop.by_city WHERE total > 10`);
      const text =
        "SELECT b.*, o.id FROM shop.best b JOIN shop.orders o USING (city) JOIN shop.customers c ON c.id = o.customer_id";
      const report = await explainQuery(client, text);
      const { measured, queries, again, isLeft } = await calibrate(
        client,
        asked,
        [report!],
        await readNamed(client),
        factsOf(relations),
        {
          budgetMs: Infinity,
          worthMs: 0,
        },
      );
      for (const each of asked) {
        const found = measured.get(workKey(each));
        assert.ok(found !== undefined && found.usPerRow.value >= 0 && found.rows > 1000, each.kind);
      }
      const sorted = (kind: WorkKind) =>
        measured.get(workKey(asked.find((each) => each.kind === kind)!))!.sorted;
      assert.deepEqual([sorted("index build"), sorted("scan"), sorted("row changes")], [1, 0, 0]);
      assert.ok(queries.get(text)!.msPerCost.value > 0);
      // Whatever was measured can be done again, while its likenesses are there.
      assert.equal(again.length, asked.length + 1);
      const aloneMs = again.reduce((sum, each) => sum + each.aloneMs, 0);
      assert.ok(await slowdownOf(client, again, { forMs: aloneMs, mostMs: 10_000 }) > 0);
      assert.ok(isLeft);
      await forgetLikenesses(client);
      assert.deepEqual(await read(), before);
      const { rows: left } = await client.query(
        "SELECT 1 FROM pg_namespace WHERE nspname = 'benchbook_likeness'",
      );
      assert.deepEqual(left, []);
      const { rows: [limit] } = await client.query("SHOW statement_timeout");
      assert.deepEqual(limit, { statement_timeout: "0" });

      // A schema of that name which was there before is not ours.
      await client.query(
        "CREATE SCHEMA benchbook_likeness; CREATE TABLE benchbook_likeness.theirs (i integer)",
      );
      await assert.rejects(
        calibrate(client, asked, [], [], factsOf(relations), { budgetMs: 1, worthMs: 0 }),
        {
          code: "42P06",
        },
      );
      await client.query("SELECT FROM benchbook_likeness.theirs");
    }, UNLIMITED)
  ));

Deno.test("what is small is not measured", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query("CREATE TABLE t (id integer); INSERT INTO t VALUES (1); ANALYZE t");
      const known = factsOf(await readRelations(client));
      const small = [work("rewrite", { relation: "public.t" })];
      const { measured, ms, rates } = await calibrate(client, small, [], [], known);
      assert.deepEqual([measured.size, ms, rates], [0, 0, known.rates]);
    }, UNLIMITED)
  ));
