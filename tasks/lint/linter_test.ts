import assert from "node:assert/strict";
import { lockSaid } from "../model/effects_text.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { lintedAll, rulesOf } from "./testing_linter.ts";

const SHOP = `
  CREATE TABLE shop.customer (id integer PRIMARY KEY, name text NOT NULL, code varchar(10), email text);
  CREATE TABLE shop.orders (id integer PRIMARY KEY, customer_id integer, total integer, note text, CHECK (total >= 0));
  CREATE MATERIALIZED VIEW shop.totals AS SELECT customer_id, sum(total) FROM shop.orders GROUP BY customer_id;
  CREATE TABLE shop.event (id integer, at date NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE shop.event_2025 (id integer, at date NOT NULL);
  CREATE FUNCTION shop.label(integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''';
  CREATE FUNCTION shop.next_label() RETURNS text LANGUAGE sql AS 'SELECT ''x''';
`;
const LIMIT = "SET lock_timeout = '100ms';\n";

/** The rules that speak of the statements after the first line, which sets the timeout. */
async function rules(sql: string, before: string | null = SHOP): Promise<string[]> {
  return rulesOf(await lintedAll(LIMIT + sql, before));
}

/** SQL, and all that is found: in line 2, unless it says otherwise. */
const FOUND: readonly (readonly [sql: string, ...rules: string[]])[] = [
  ["ALTER TABLE shop.orders ADD COLUMN at timestamptz DEFAULT now()"],
  ["ALTER TABLE shop.orders ADD COLUMN at timestamptz DEFAULT clock_timestamp()", "rewrite@2 blocking"],
  ["ALTER TABLE shop.orders ADD COLUMN label text DEFAULT shop.label(1)"],
  ["ALTER TABLE shop.orders ADD COLUMN label text DEFAULT shop.next_label()", "rewrite@2 blocking"],
  ["ALTER TABLE shop.orders ADD COLUMN n bigserial", "rewrite@2 blocking"],
  ["ALTER TABLE shop.orders ADD COLUMN n integer GENERATED ALWAYS AS IDENTITY", "rewrite@2 blocking"],
  [
    "ALTER TABLE shop.orders ADD COLUMN twice integer GENERATED ALWAYS AS (total * 2) STORED",
    "rewrite@2 blocking",
  ],
  ["ALTER TABLE shop.orders ADD COLUMN twice integer GENERATED ALWAYS AS (total * 2) VIRTUAL"],
  ["ALTER TABLE shop.orders ADD COLUMN kind text NOT NULL DEFAULT 'web'"],
  ["ALTER TABLE shop.orders ADD COLUMN kind text NOT NULL", "not-null-without-default@2 warning"],
  ["ALTER TABLE shop.orders ADD COLUMN kind text CHECK (kind <> '')", "add-check@2 blocking"],
  ["ALTER TABLE shop.orders ADD COLUMN item integer REFERENCES shop.customer"],
  [
    "ALTER TABLE shop.orders ADD COLUMN item integer DEFAULT 1 REFERENCES shop.customer",
    "add-foreign-key@2 blocking",
  ],
  ["ALTER TABLE shop.customer ALTER COLUMN code TYPE varchar(20)"],
  ["ALTER TABLE shop.customer ALTER COLUMN code TYPE text USING code::text"],
  ["ALTER TABLE shop.customer ALTER COLUMN code TYPE varchar(5)", "rewrite@2 blocking"],
  ["ALTER TABLE shop.orders ALTER COLUMN total TYPE bigint", "rewrite@2 blocking"],
  ["ALTER TABLE shop.customer ALTER COLUMN code TYPE text USING upper(code)", "rewrite@2 blocking"],
  ["ALTER TABLE shop.orders ALTER COLUMN customer_id SET NOT NULL", "set-not-null@2 blocking"],
  ["ALTER TABLE shop.customer ALTER COLUMN name SET NOT NULL"],
  ["ALTER TABLE shop.orders ADD CHECK (total > 0)", "add-check@2 blocking"],
  ["ALTER TABLE shop.orders ADD CHECK (total > 0) NOT VALID"],
  [
    "ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customer",
    "add-foreign-key@2 blocking",
  ],
  ["ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customer NOT VALID"],
  ["ALTER TABLE shop.customer ADD UNIQUE (email)", "add-key@2 blocking"],
  ["CREATE INDEX ON shop.orders (total)", "create-index@2 blocking"],
  ["CREATE INDEX CONCURRENTLY ON shop.orders (total)", "concurrently@2 note"],
  ["CREATE INDEX ON shop.totals (customer_id)"],
  ["REINDEX TABLE shop.orders", "reindex@2 blocking"],
  ["REFRESH MATERIALIZED VIEW shop.totals", "refresh@2 blocking"],
  ["REFRESH MATERIALIZED VIEW CONCURRENTLY shop.totals"],
  ["VACUUM FULL shop.orders", "rewrite@2 blocking"],
  ["CLUSTER shop.orders USING orders_pkey", "rewrite@2 blocking"],
  ["ALTER TABLE shop.orders SET UNLOGGED", "rewrite@2 blocking"],
  [
    "ALTER TABLE shop.event ATTACH PARTITION shop.event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    "attach-partition@2 blocking",
  ],
  ["UPDATE shop.orders SET note = ''", "all-rows@2 blocking"],
  ["UPDATE shop.orders SET note = '' WHERE id < 1000"],
  ["DELETE FROM shop.orders", "all-rows@2 blocking"],
  ["TRUNCATE shop.orders", "truncate@2 warning"],
  ["ALTER TABLE shop.orders RENAME COLUMN note TO remark", "rename-column@2 blocking"],
  ["ALTER TABLE shop.orders RENAME TO bookings", "rename-relation@2 blocking"],
  ["BEGIN; ALTER TABLE shop.orders RENAME TO bookings; CREATE VIEW shop.orders AS SELECT * FROM shop.bookings; COMMIT"],
  ["ALTER TABLE shop.orders DROP COLUMN note", "drop-column@2 warning"],
  ["DROP TABLE shop.orders", "drop-relation@2 warning"],
  ["DROP INDEX shop.orders_pkey", "drop-index@2 warning"],
  ["BEGIN; CREATE INDEX CONCURRENTLY ON shop.orders (total); COMMIT", "not-in-transaction@2 blocking"],
  ["DO $$ BEGIN\n  UPDATE shop.orders SET note = '';\nEND $$", "all-rows@3 blocking"],
  ["DO $$ BEGIN EXECUTE 'UPDATE shop.orders SET note = '''''; END $$", "all-rows@2 blocking"],
  ["DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'x'); END $$", "unknown@2 note"],
  ["DO LANGUAGE plperl 'x'", "unknown@2 note"],
  ["CALL shop.move_all()", "unknown@2 note"],
  ["CREATE EXTENSION postgis", "unknown@2 note"],
  ["ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE other", "unknown@2 note"],
  ["ALTER SCHEMA shop RENAME TO store", "rename-relation@2 blocking"],
  ["CLUSTER", "unknown@2 note"],
  ["ALTER TABLE shop.nowhere ADD COLUMN at timestamptz DEFAULT clock_timestamp()", "refused@2 blocking"],
  ["ALTER TABLE IF EXISTS shop.nowhere ADD COLUMN at timestamptz DEFAULT clock_timestamp()"],
  ["ALTER TABLE shop.orders ALTER COLUMN nothing SET NOT NULL", "refused@2 blocking"],
  ["ALTER TABLE shop.orders DROP COLUMN IF EXISTS nothing"],
  ["ALTER TABLE shop.orders ADD COLUMN item integer, ADD CONSTRAINT k CHECK (item > 0) NOT VALID"],
  ["ALTER TABLE shop.orders ADD CONSTRAINT k CHECK (nothing > 0) NOT VALID", "refused@2 blocking"],
  ["CREATE INDEX ON shop.orders (lower(nothing))", "refused@2 blocking"],
  ["UPDATE shop.orders SET nothing = 1 WHERE id = 1", "refused@2 blocking"],
  ["SELECT * FROM nowhere", "refused@2 blocking"],
  ["WITH nowhere AS (SELECT 1) SELECT * FROM nowhere JOIN pg_class ON true"],
  ["CREATE TABLE shop.tree (id integer PRIMARY KEY, up integer REFERENCES shop.tree)"],
  // What was done by then is not known.
  ["SET search_path = other; SELECT * FROM nowhere"],
  ["CALL shop.make_all(); SELECT * FROM nowhere", "unknown@2 note"],
  ["LOCK TABLE shop.orders", "refused@2 blocking"],
  ["BEGIN; LOCK TABLE shop.orders; COMMIT", "lock-table@2 warning"],
  ["EXPLAIN UPDATE shop.orders SET note = ''"],
  ["EXPLAIN (ANALYZE) UPDATE shop.orders SET note = ''", "all-rows@2 blocking"],
  ["SELECT shop.next_label()", "unknown@2 note"],
  // Of a table that nobody uses yet.
  ["CREATE TABLE shop.made (id integer); INSERT INTO shop.made SELECT id FROM shop.orders; CREATE INDEX ON shop.made (id); ALTER TABLE shop.made RENAME COLUMN id TO key"],
];

Deno.test("each statement is found fault with for what it does, and for nothing else", async () => {
  for (const [sql, ...expected] of FOUND) assert.deepEqual(await rules(sql), expected, sql);
});

Deno.test("what a statement has proved, the next one need not", async () => {
  const sql = `ALTER TABLE shop.orders ADD CONSTRAINT known CHECK (customer_id IS NOT NULL) NOT VALID;
    ALTER TABLE shop.orders VALIDATE CONSTRAINT known;
    ALTER TABLE shop.orders ALTER COLUMN customer_id SET NOT NULL;
    ALTER TABLE shop.event_2025 ADD CONSTRAINT of_2025 CHECK (at >= '2025-01-01' AND at < '2026-01-01') NOT VALID;
    ALTER TABLE shop.event_2025 VALIDATE CONSTRAINT of_2025;
    ALTER TABLE shop.event ATTACH PARTITION shop.event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`;
  assert.deepEqual(await rules(sql), []);
  // Not yet proved: the lock of the addition is held until the end, too.
  const together = `BEGIN;\n${sql.split(";").slice(0, 2).join(";\n")};\nCOMMIT`;
  assert.deepEqual(await rules(together), ["work-under-lock@5 blocking"]);
});

Deno.test("rows that a file puts into a divided table are those of its parts", async () => {
  const sql = `CREATE TABLE shop.kept (id integer, at date) PARTITION BY RANGE (at);
    CREATE TABLE shop.kept_2025 PARTITION OF shop.kept FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    INSERT INTO shop.kept SELECT id, at FROM shop.event;
    ALTER TABLE shop.kept ADD FOREIGN KEY (id) REFERENCES shop.customer`;
  const told = await lintedAll(LIMIT + sql, SHOP);
  assert.deepEqual(told.at(-1)!.sizes, [{ relation: "shop.kept_2025", rows: null, bytes: null }]);
});

Deno.test("a lock of a transaction is told to its end, and work under it once", async () => {
  const told = await lintedAll(
    `${LIMIT}BEGIN;\nALTER TABLE shop.customer ADD COLUMN note text;\nCREATE TABLE shop.kept AS SELECT * FROM shop.orders;\nCREATE INDEX ON shop.kept (id);\nCOMMIT;\nANALYZE shop.kept`,
    SHOP,
  );
  assert.deepEqual(rulesOf(told), ["work-under-lock@4 blocking"]);
  assert.deepEqual(told.map(({ heldTo }) => heldTo?.line ?? null), [null, 6, 6, 6, null]);
  assert.match(
    told[2]!.findings[0]!.message,
    /ACCESS EXCLUSIVE on shop\.customer, taken in line 3, is held until/,
  );
  // A block of DO ends its own in its last line.
  const block = await lintedAll(
    "DO $$ BEGIN\n  DROP TABLE shop.line;\n\nEND $$;\n\nANALYZE shop.orders",
    SHOP,
  );
  assert.deepEqual(block.map(({ line, heldTo }) => [line, heldTo?.line ?? null]), [[1, null], [2, 4], [
    6,
    null,
  ]]);
});

Deno.test("a lock that is waited for without a limit is told where that is, at length once a file", async () => {
  const sql = "ALTER TABLE shop.orders ADD a text;\nALTER TABLE shop.orders ADD b text";
  const told = await lintedAll(sql, SHOP);
  assert.deepEqual(rulesOf(told), ["lock-queue@1 warning", "lock-queue@2 warning"]);
  assert.match(told[1]!.findings[0]!.message, /without a limit too, as in line 1\.$/);
  assert.deepEqual(rulesOf(await lintedAll(sql, SHOP, { waitLimit: "100 ms" })), []);
  for (const set of ["SET LOCAL lock_timeout = 100", "SELECT set_config('lock_timeout', '1s', false)"]) {
    assert.deepEqual(rulesOf(await lintedAll(`BEGIN; ${set}; ${sql}; COMMIT`, SHOP)), [], set);
  }
  // PostgreSQL rounds to milliseconds.
  const none = ["0", "'0ms'", "'100us'", "'500us'"].map((value) => `SET lock_timeout = ${value}`);
  for (const off of [...none, "RESET lock_timeout", "RESET ALL"]) {
    assert.deepEqual(rulesOf(await lintedAll(`${LIMIT}${off}; ${sql}`, SHOP)), [
      "lock-queue@2 warning",
      "lock-queue@3 warning",
    ], off);
  }
});

Deno.test("whoever queues behind a lock waits no longer than lock_timeout says, and that is told beside the lock", async () => {
  const said = async (before: string) => {
    const told = await lintedAll(`${before} ALTER TABLE shop.orders ADD a text`, SHOP);
    const { effects: { locks: [lock] }, waitLimit } = told.at(-1)!;
    return lockSaid(lock!, waitLimit);
  };
  const held = "ACCESS EXCLUSIVE on shop.orders: everybody waits";
  assert.equal(await said(""), held);
  for (
    const [set, limit] of [
      ["SET lock_timeout = '100ms'", "100 ms"],
      ["SET LOCAL lock_timeout TO 2000", "2 s"],
      ["SET lock_timeout = '1min'", "60 s"],
      ["SET lock_timeout = '600us'", "1 ms"],
      ["SELECT set_config('lock_timeout', '1s', false)", "1 s"],
      ["SELECT set_config('lock_timeout', current_setting('my.limit'), false)", "lock_timeout"],
    ]
  ) {
    const text = `${held}, at most ${limit} until it is had, and then for as long as it is held`;
    assert.equal(await said(`${set};`), text, set);
  }
  assert.equal(await said(`${LIMIT}RESET lock_timeout;`), held);
});

Deno.test("what is not known of the database is no more than a warning, and says what would settle it", async () => {
  const told = await lintedAll(
    `${LIMIT}ALTER TABLE orders ALTER note SET NOT NULL, ALTER code TYPE varchar(30)`,
  );
  assert.deepEqual(rulesOf(told), ["set-not-null@2 warning", "rewrite@2 warning"]);
  assert.match(told[1]!.findings[0]!.message, /unless a valid CHECK says that note IS NOT NULL/);
});

Deno.test("work on a small table is only something to know", async () => {
  const sql = `${LIMIT}ALTER TABLE shop.orders ADD CHECK (total > 0)`;
  assert.deepEqual(rulesOf(await lintedAll(sql, SHOP, {}, { rows: 100, bytes: 8192 })), ["add-check@2 note"]);
});

Deno.test("what is to be written instead is SQL with the user's names, and found fault with for nothing that blocks", async () => {
  let checked = 0;
  for (const [sql, ...expected] of FOUND) {
    for (const { findings } of expected.length === 0 ? [] : await lintedAll(LIMIT + sql, SHOP)) {
      for (const { rule, safe } of findings) {
        const statements = (safe ?? "").split("\n").filter((line) =>
          /;( --|$)/.test(line) && !line.startsWith("--")
        );
        if (statements.length === 0 || safe!.includes("…")) continue;
        const text = `${LIMIT}${statements.join("\n")}`;
        await parseStatements(text, { file: safe! });
        const again = rulesOf(await lintedAll(text, SHOP)).filter((each) => each.endsWith("blocking"));
        assert.deepEqual(again, [], `${rule}: ${safe}`);
        checked++;
      }
    }
  }
  assert.ok(checked > 10, `${checked} safe forms`);
});
