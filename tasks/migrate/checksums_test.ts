import assert from "node:assert/strict";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { checksumsBefore, compareChecksums } from "./checksums.ts";
import { checkShop, makeTables } from "./ledger/check/shop.ts";

/** Orders with two lines each, enough for three ranges, keys as northwind has them, and some rows of a load. */
const FILLED = [
  `INSERT INTO northwind.orders SELECT n, 'ABCDE', n % 9, date '2024-01-01' + n % 300, n % 5000 / 7.0
   FROM generate_series(1, 60000) n`,
  "INSERT INTO northwind.order_details SELECT n / 2, n % 2, n % 50 FROM generate_series(2, 2001) n",
  "INSERT INTO northwind.orders VALUES (1000000001, 'ABCDE', 1, '2024-01-01', 1)",
  "ALTER TABLE northwind.orders ADD PRIMARY KEY (order_id)",
  "ALTER TABLE northwind.order_details ADD PRIMARY KEY (order_id, product_id)",
  "ALTER TABLE northwind.customers ADD PRIMARY KEY (customer_id)",
  "ANALYZE northwind.orders",
];

interface Filled {
  change(...statements: string[]): Promise<void>;
  compare(): ReturnType<typeof compareChecksums>;
}

function withFilled(use: (filled: Filled) => Promise<void>): Promise<void> {
  return withDatabase(async (url) => {
    const { scenario } = await checkShop(1);
    const change = (...statements: string[]) =>
      withClient(url, async (client) => {
        for (const sql of statements) await client.query(sql);
      });
    await withClient(url, makeTables);
    await change(...FILLED);
    const before = await checksumsBefore({ url, scenario, schemas: ["northwind"] });
    await use({ change, compare: () => compareChecksums({ url }, before) });
  });
}

Deno.test("rows that nobody writes are the same before a load and after it, whatever the load writes", async () => {
  await withFilled(async ({ change, compare }) => {
    await change(
      "INSERT INTO northwind.orders VALUES (1000000002, 'ABCDE', 1, '2024-01-01', 1)",
      "DELETE FROM northwind.orders WHERE order_id = 1000000001",
      "UPDATE northwind.customers SET fax = '12'",
    );
    const { checksums, ranges, rows, different, notes } = await compare();
    assert.deepEqual({ different, notes, ranges, rows }, {
      different: [],
      notes: [],
      ranges: 5,
      rows: 61_040 + 1000,
    });
    assert.deepEqual(
      checksums.filter(({ moment, relation }) => moment === "after" && relation === "northwind.orders")
        .map(({ fromKey, toKey, rows }) => ({ fromKey, toKey, rows })),
      [
        { fromKey: "1", toKey: "20000", rows: 20_000 },
        { fromKey: "20001", toKey: "40000", rows: 20_000 },
        { fromKey: "40001", toKey: "60000", rows: 20_000 },
      ],
    );
    const sums = Map.groupBy(checksums, ({ relation, fromKey }) => `${relation} ${fromKey}`);
    for (const [before, after] of sums.values()) assert.equal(before!.sum, after!.sum);
  });
});

Deno.test("types that are wider, columns that are gone and partitions are no damage", async () => {
  await withFilled(async ({ change, compare }) => {
    await change(
      "ALTER TABLE northwind.order_details ALTER COLUMN quantity TYPE bigint, ALTER COLUMN order_id TYPE bigint",
      "ALTER TABLE northwind.orders ALTER COLUMN freight TYPE numeric(20, 8), DROP COLUMN employee_id",
      "ALTER TABLE northwind.customers ALTER COLUMN company_name TYPE text",
      "ALTER TABLE northwind.customers RENAME COLUMN fax TO fax_number",
      "ALTER TABLE northwind.orders RENAME TO orders_whole",
      "CREATE TABLE northwind.orders (LIKE northwind.orders_whole) PARTITION BY RANGE (order_date)",
      "CREATE TABLE northwind.orders_all PARTITION OF northwind.orders DEFAULT",
      "INSERT INTO northwind.orders SELECT * FROM northwind.orders_whole",
    );
    const { different, notes } = await compare();
    assert.deepEqual({ different, notes }, { different: [], notes: [] });
  });
});

Deno.test("a row that is damaged, gone or doubled is told with its range, and so are values that changed places", async () => {
  const TOLD: Readonly<Record<string, RegExp>> = {
    "UPDATE northwind.orders SET freight = freight + 0.01 WHERE order_id = 25000":
      /^northwind.orders 20001 to 40000: other values in freight$/,
    "DELETE FROM northwind.orders WHERE order_id = 60000":
      /^northwind.orders 40001 to 60000: 20,000 rows before, 19,999 after$/,
    "UPDATE northwind.order_details SET quantity = 2001 - quantity - 1999 + 2 WHERE order_id = 7":
      /^northwind.order_details 1 to 1000: other values in quantity$/,
    // The same values, of other rows.
    "UPDATE northwind.orders SET order_date = CASE order_id WHEN 5 THEN date '2024-01-07' ELSE date '2024-01-06' END WHERE order_id IN (5, 6)":
      /^northwind.orders 1 to 20000: other values in order_date$/,
    "UPDATE northwind.customers SET company_name = NULL WHERE customer_id = (SELECT min(customer_id) FROM northwind.customers)":
      /^northwind.customers: other values in company_name$/,
  };
  await withFilled(async ({ change, compare }) => {
    let seen: readonly string[] = [];
    for (const [sql, told] of Object.entries(TOLD)) {
      await change(sql);
      const { different } = await compare();
      const [more, ...others] = different.filter((text) => !seen.includes(text));
      assert.match(more ?? "", told);
      assert.deepEqual(others, []);
      seen = different;
    }
  });
});

Deno.test("what cannot be compared is told: other types, no key any more, no table", async () => {
  await withFilled(async ({ change, compare }) => {
    await change(
      "ALTER TABLE northwind.orders ALTER COLUMN order_date TYPE timestamp",
      "ALTER TABLE northwind.order_details RENAME COLUMN product_id TO product",
      "DROP TABLE northwind.customers",
    );
    const { different, notes } = await compare();
    assert.deepEqual(different, []);
    assert.deepEqual([...notes].sort(), [
      "northwind.customers was not compared: it is not there any more.",
      "northwind.order_details was not compared: it has no column product_id any more.",
      "northwind.orders.order_date was not compared: it was date and is timestamp without time zone.",
    ]);
  });
});
