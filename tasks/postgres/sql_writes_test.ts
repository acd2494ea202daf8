import assert from "node:assert/strict";
import { type SqlWrite, writesIn } from "./sql_writes.ts";

const said = async (sql: string) =>
  (await writesIn(sql, { file: "x.sql" })).map(({ kind, schema, table, line, changesRows }) =>
    `${line} ${kind} ${schema}.${table}${changesRows ? " changes" : ""}`
  );

Deno.test("each statement that writes is found with its table, also within WITH", async () => {
  assert.deepEqual(
    await said(
      "WITH bought AS (\n  UPDATE shop.product SET stock = stock - 1 WHERE id = $1 RETURNING id\n), old AS (\n" +
        '  DELETE FROM ONLY "Cart" USING shop.visitor v WHERE v.id = cart\n)\n' +
        "INSERT INTO shop.purchase (id) SELECT id FROM bought",
    ),
    [
      "2 UPDATE shop.product changes",
      "4 DELETE null.Cart changes",
      "6 INSERT shop.purchase",
    ],
  );
  assert.deepEqual(await said("SELECT 'é' FROM shop.product; SELECT shop.buy(1)"), []);
});

Deno.test("an INSERT or a MERGE changes rows that stand there only where it says so", async () => {
  const into = "INSERT INTO a VALUES ($1)";
  assert.deepEqual(await said(`${into} ON CONFLICT DO NOTHING`), ["1 INSERT null.a"]);
  assert.deepEqual(await said(`${into} ON CONFLICT (id) DO UPDATE SET n = 1`), ["1 INSERT null.a changes"]);
  const merge = "MERGE INTO a USING b ON a.id = b.id WHEN";
  assert.deepEqual(await said(`${merge} NOT MATCHED THEN INSERT VALUES (b.id)`), ["1 MERGE null.a"]);
  assert.deepEqual(await said(`${merge} MATCHED THEN DELETE`), ["1 MERGE null.a changes"]);
});

Deno.test("parameters that choose rows are told from those that are only stored", async () => {
  const choosing = async (sql: string) => (await writesIn(sql, { file: "x.sql" })).map((one) => one.choosing);
  assert.deepEqual(await choosing("UPDATE a SET n = $1 WHERE id = $2::integer RETURNING $3::text"), [[2]]);
  assert.deepEqual(
    await choosing("WITH b AS (INSERT INTO b VALUES ($1)) UPDATE a SET n = 1 WHERE id = $2"),
    [[1], [2]],
  );
  assert.deepEqual(await choosing("INSERT INTO a VALUES ($2) ON CONFLICT (id) DO UPDATE SET n = $1"), [[2]]);
});

Deno.test("an INSERT tells which columns it gives values", async () => {
  const given = async (sql: string): Promise<SqlWrite["given"]> =>
    (await writesIn(sql, { file: "x.sql" }))[0]!.given;
  assert.deepEqual(await given("INSERT INTO a (id, note) VALUES (DEFAULT, $1)"), ["note"]);
  assert.deepEqual(await given("INSERT INTO a VALUES ($1, $2)"), 2);
  assert.deepEqual(await given("INSERT INTO a VALUES (DEFAULT, $2)"), 0);
  assert.deepEqual(await given("INSERT INTO a DEFAULT VALUES"), 0);
  assert.deepEqual(await given("INSERT INTO a SELECT * FROM b"), null);
});
