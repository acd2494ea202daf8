import assert from "node:assert/strict";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { checksumsBefore, compareChecksums } from "./checksums.ts";
import { NOTHING } from "./own_writes.ts";
import { checkShop, makeTables } from "./ledger/check/shop.ts";
import { plannedKeys, registersBefore } from "./ledger/registers_before.ts";

const FAX = "northwind.customers(customer_id).fax";
/** So few that there are rows which no slot comes to. */
const SLOTS = 30;

interface Looked {
  /** Customers: two that the load came to, two that it might have come to, and two others. */
  readonly keys: { readonly written: string[]; readonly planned: string[]; readonly others: string[] };
  change(...statements: string[]): Promise<void>;
  compare(own?: Parameters<typeof compareChecksums>[2]): Promise<readonly string[]>;
}

async function withLooked(use: (looked: Looked) => Promise<void>, whole = true): Promise<void> {
  await withDatabase(async (url) => {
    const shop = await checkShop(3);
    await withClient(url, makeTables);
    const change = (...statements: string[]) =>
      withClient(url, async (client) => {
        for (const sql of statements) await client.query(sql);
      });
    await change(
      "ALTER TABLE northwind.customers ADD PRIMARY KEY (customer_id)",
      "UPDATE northwind.customers SET fax = 'fax of ' || customer_id",
    );
    const planned = { ...plannedKeys({ ...shop, slots: SLOTS }), whole };
    const all = [...planned.keys.get(FAX)!].sort();
    const { rows } = await withClient(
      url,
      (client) =>
        client.query<{ key: string }>("SELECT customer_id AS key FROM northwind.customers ORDER BY 1"),
    );
    const others = rows.map(({ key }) => key).filter((key) => !all.includes(key));
    assert.ok(all.length >= 4 && others.length >= 2);
    const first = await registersBefore({ ...shop, url }, planned);
    const before = await checksumsBefore({ ...shop, url, schemas: ["northwind"], planned });
    const written = all.slice(0, 2);
    const unwritten = { first, updated: new Map([[FAX, new Set(written)]]) };
    await use({
      keys: { written, planned: all.slice(2), others },
      change,
      compare: async (own = NOTHING) => (await compareChecksums({ url }, before, own, unwritten)).different,
    });
  });
}

const set = (key: string, fax: string) =>
  `UPDATE northwind.customers SET fax = ${fax} WHERE customer_id = '${key}'`;

Deno.test("a column that the load updates is compared in the rows that it did not come to", async (t) => {
  await withLooked(async ({ keys: { written, planned, others }, change, compare }) => {
    await t.step("what it wrote is no damage", async () => {
      await change(set(written[0]!, "'1000000001'"), set(written[1]!, "NULL"));
      assert.deepEqual(await compare(), []);
    });
    await t.step("another value where it might have come to is", async () => {
      await change(set(planned[1]!, "'12'"));
      assert.deepEqual(await compare(), [
        `northwind.customers customer_id ${planned[1]}: another value in fax`,
      ]);
      await change(set(planned[1]!, "'fax of ' || customer_id"));
    });
    await t.step("and where it never would", async () => {
      await change(set(others[0]!, "NULL"));
      assert.deepEqual(await compare(), ["northwind.customers: other values in fax"]);
      await change(set(others[0]!, `'fax of ${others[1]}'`), set(others[1]!, `'fax of ${others[0]}'`));
      assert.deepEqual(await compare(), ["northwind.customers: other values in fax"]);
    });
    await t.step("but what the change itself writes is its own", async () => {
      await change("UPDATE northwind.customers SET fax = 'x'");
      const own = {
        tables: new Set<string>(),
        columns: new Map([["northwind.customers", new Set(["fax"])]]),
      };
      assert.deepEqual(await compare(own), []);
    });
  });
});

Deno.test("another type of such a column is no damage, and of a load without end its rows are the ledger's", async () => {
  await withLooked(async ({ change, compare }) => {
    await change("ALTER TABLE northwind.customers ALTER COLUMN fax TYPE text");
    assert.deepEqual(await compare(), []);
    await change("ALTER TABLE northwind.customers RENAME COLUMN fax TO fax_number");
    assert.deepEqual(await compare(), []);
  });
  await withLooked(async ({ keys: { others }, change, compare }) => {
    await change(set(others[0]!, "'12'"));
    assert.deepEqual(await compare(), []);
  }, false);
});
