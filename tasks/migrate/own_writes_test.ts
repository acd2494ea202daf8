import assert from "node:assert/strict";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import type { Move } from "../model/migration.ts";
import { checksumsBefore, compareChecksums } from "./checksums.ts";
import { checkShop, makeTables } from "./ledger/check/shop.ts";
import { ownWrites } from "./own_writes.ts";
import { stepStatements } from "./step_statements.ts";

/** Orders with a line each, a generated column, a partitioned table and a trigger. */
const FILLED = [
  "INSERT INTO northwind.orders SELECT n, 'ABCDE', n % 9, date '2024-01-01' + n % 300, n FROM generate_series(1, 50) n",
  "INSERT INTO northwind.order_details SELECT n, 1, n FROM generate_series(1, 50) n",
  "ALTER TABLE northwind.orders ADD PRIMARY KEY (order_id)",
  "ALTER TABLE northwind.orders ADD COLUMN rounded integer GENERATED ALWAYS AS (freight::integer) STORED",
  `ALTER TABLE northwind.order_details ADD PRIMARY KEY (order_id, product_id),
   ADD FOREIGN KEY (order_id) REFERENCES northwind.orders ON DELETE CASCADE`,
  "CREATE TABLE northwind.days (day integer PRIMARY KEY, note text) PARTITION BY RANGE (day)",
  "CREATE TABLE northwind.days_1 PARTITION OF northwind.days FOR VALUES FROM (0) TO (10)",
  "CREATE TABLE northwind.days_2 PARTITION OF northwind.days FOR VALUES FROM (10) TO (20)",
  "INSERT INTO northwind.days SELECT n, 'a' FROM generate_series(0, 19) n",
  "CREATE TABLE northwind.items (id integer PRIMARY KEY, name text, changes integer DEFAULT 0)",
  "INSERT INTO northwind.items SELECT n, 'x' FROM generate_series(1, 9) n",
  `CREATE FUNCTION northwind.count_change() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN new.changes := new.changes + 1; RETURN new; END $$`,
  `CREATE TRIGGER counted BEFORE UPDATE ON northwind.items
   FOR EACH ROW EXECUTE FUNCTION northwind.count_change()`,
  "CREATE FUNCTION northwind.fix() RETURNS void LANGUAGE sql AS 'UPDATE northwind.days SET note = NULL'",
];

interface Made {
  /** Ranges that differ though the change does not write them. */
  readonly different: readonly string[];
  readonly sentences: readonly string[];
  readonly code: readonly string[];
  readonly remade: readonly string[];
  readonly ofLoad?: readonly string[];
}

/** Makes a change as `migrate` has read it, and damage beside it. */
type Make = (sql: string, damage?: readonly string[], move?: Move) => Promise<Made>;

const PLAIN: Move = { kind: "plain", oneTransaction: false };

function withFilled(use: (make: Make) => Promise<void>): Promise<void> {
  return withDatabase(async (url) => {
    const { scenario } = await checkShop(1);
    const run = (statements: readonly string[]) =>
      withClient(url, async (client) => {
        for (const sql of statements) await client.query(sql);
      });
    await use(async (sql, damage = [], move = PLAIN) => {
      await withClient(url, makeTables);
      await run(FILLED);
      const { statements } = await stepStatements(sql, "change.sql", move);
      const before = await checksumsBefore({ url, scenario, schemas: ["northwind"] });
      const uncompared = await ownWrites([{ move, statements }], before.tables.map(({ table }) => table), {
        url,
        scenario,
      });
      const texts = statements.map(({ text }) => text.replaceAll(":after", "0").replaceAll(":upto", "50"));
      await run([...texts, ...damage]);
      const { different } = await compareChecksums({ url }, before, uncompared);
      return { different, ...uncompared.own };
    });
  });
}

const ROWS = (table: string) =>
  `${table} was not compared: the change itself adds rows to it or removes some.`;

Deno.test("what a change writes by its own statements is left out and said, and damage beside it is told", async () => {
  const CASES: readonly (readonly [sql: string, said: readonly string[], move?: Move])[] = [
    ["UPDATE northwind.orders SET order_date = order_date + 1", [
      "order_date of northwind.orders was not compared: the change itself writes it.",
    ]],
    // A generated column follows.
    ["SET search_path = northwind; UPDATE orders SET freight = 2 * freight", [
      "freight and rounded of northwind.orders were not compared: the change itself writes them.",
    ]],
    [
      "UPDATE northwind.orders SET order_date = '2020-02-02' WHERE order_id > :after AND order_id <= :upto",
      ["order_date of northwind.orders was not compared: the change itself writes it."],
      { kind: "batches", table: "northwind.orders", key: "order_id" },
    ],
    // A foreign key has lines deleted along with their orders.
    ["DELETE FROM northwind.orders WHERE order_id < 9", [
      ROWS("northwind.order_details"),
      ROWS("northwind.orders"),
    ]],
    ["INSERT INTO northwind.orders (order_id, customer_id, employee_id) VALUES (77, 'ABCDE', 1)", [
      ROWS("northwind.orders"),
    ]],
    ["TRUNCATE northwind.orders CASCADE", [ROWS("northwind.order_details"), ROWS("northwind.orders")]],
    ["ALTER TABLE northwind.orders ALTER COLUMN order_date TYPE date USING order_date + 7", [
      "order_date of northwind.orders was not compared: the change itself writes it.",
    ]],
    [
      "MERGE INTO northwind.orders o USING northwind.order_details d ON o.order_id = d.order_id " +
      "WHEN MATCHED THEN UPDATE SET order_date = '2020-02-02'",
      ["order_date of northwind.orders was not compared: the change itself writes it."],
    ],
    // Through a column of another name, which takes the first one's place.
    [
      "ALTER TABLE northwind.orders ADD COLUMN due date; UPDATE northwind.orders SET due = order_date + 1;" +
      "ALTER TABLE northwind.orders DROP COLUMN order_date; ALTER TABLE northwind.orders RENAME COLUMN due TO order_date",
      ["order_date of northwind.orders was not compared: the change itself writes it."],
    ],
    // Under another name meanwhile.
    [
      "ALTER TABLE northwind.orders RENAME TO kept; UPDATE northwind.kept SET order_date = NULL;" +
      "ALTER TABLE northwind.kept RENAME TO orders",
      ["order_date of northwind.orders was not compared: the change itself writes it."],
    ],
    ["DROP TABLE northwind.days_1", [ROWS("northwind.days")]],
    ["UPDATE northwind.days_1 SET note = 'b'", [
      "note of northwind.days was not compared: the change itself writes it.",
    ]],
    ["UPDATE northwind.order_details SET product_id = 2", [
      "northwind.order_details was not compared: the change itself writes product_id, by which its rows are told apart.",
    ]],
    // Rows that were there stay what they are.
    ["ALTER TABLE northwind.items ADD COLUMN note text", []],
    ["ALTER TABLE northwind.orders ADD COLUMN note text; UPDATE northwind.orders SET note = 'new'", []],
  ];
  await withFilled(async (make) => {
    for (const [sql, said, move] of CASES) {
      const damage = [
        "UPDATE northwind.orders SET employee_id = 5 WHERE order_id = 20",
        "UPDATE northwind.items SET name = 'damaged' WHERE id = 3",
      ];
      const { different, sentences, code, remade } = await make(sql, damage, move);
      assert.deepEqual({ sentences: [...sentences].sort(), code, remade }, {
        sentences: said,
        code: [],
        remade: [],
      }, sql);
      const rows = said.some((text) => text === ROWS("northwind.orders"));
      assert.deepEqual([...different].sort(), [
        "northwind.items 1 to 9: other values in name, changes",
        ...rows ? [] : ["northwind.orders 1 to 50: other values in employee_id"],
      ], sql);
    }
  });
});

Deno.test("what a change has run and cannot be read is named, and so is a table that it makes anew", async () => {
  const CASES: readonly (readonly [sql: string, told: Partial<Made>])[] = [
    ["DO $$ BEGIN UPDATE northwind.days SET note = 'b'; END $$", { code: ["a block of DO"] }],
    ["SELECT northwind.fix(), upper('x')", { code: ["the function northwind.fix()"] }],
    [
      "CREATE FUNCTION northwind.own() RETURNS void LANGUAGE sql AS 'UPDATE northwind.days SET note = ''c''';" +
      "SELECT northwind.own()",
      { code: ["the function northwind.own()"] },
    ],
    ["UPDATE northwind.items SET name = 'y'", {
      sentences: ["name of northwind.items was not compared: the change itself writes it."],
      code: ["the trigger counted of northwind.items"],
      different: ["northwind.items 1 to 9: other values in changes"],
    }],
    [
      "CREATE TABLE northwind.days_new AS SELECT day, 'b' AS note FROM northwind.days; DROP TABLE northwind.days;" +
      "ALTER TABLE northwind.days_new RENAME TO days",
      { remade: ["northwind.days"] },
    ],
  ];
  await withFilled(async (make) => {
    for (const [sql, told] of CASES) {
      const { ofLoad: _, ...made } = await make(sql);
      assert.deepEqual(made, {
        different: ["northwind.days 0 to 19: other values in note"],
        sentences: [],
        code: [],
        remade: [],
        ...told,
      }, sql);
    }
  });
});

Deno.test("what a change may make of the load's own writes is told: rows that it removes, columns that both set", async () => {
  await withFilled(async (make) => {
    const ofLoad = async (sql: string) => (await make(sql)).ofLoad;
    assert.deepEqual(await ofLoad("DELETE FROM northwind.orders"), ["lost"]);
    assert.deepEqual(await ofLoad("UPDATE northwind.customers SET fax = upper(fax)"), ["overwritten"]);
    assert.equal(await ofLoad("UPDATE northwind.customers SET company_name = 'x'"), undefined);
    assert.equal(await ofLoad("DELETE FROM northwind.items"), undefined);
  });
});
