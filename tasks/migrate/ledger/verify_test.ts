import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LedgerEntry } from "../../model/migration.ts";
import { plannedKeys, registersBefore } from "./registers_before.ts";
import { shortLoad } from "./check/short_load.ts";
import { type Loaded, SLOTS, withLoaded } from "./testing.ts";

const wrong = (entries: readonly LedgerEntry[]) =>
  entries.filter(({ problem }) => problem !== null).map(({ slot, problem, verified }) => ({
    slot,
    problem,
    verified,
  }));

/** The order of a slot. */
const ORDER = 1_000_000_000;

/** Slots of an operation. */
async function slotsOf({ verify }: Loaded, op: string): Promise<number[]> {
  return (await verify()).entries.filter((entry) => entry.op === op).map(({ slot }) => slot);
}

Deno.test("every write of a load is found where nothing went wrong", async () => {
  await withLoaded(async ({ shop, verify }) => {
    const { entries, updated, inserted, ...result } = await verify();
    const placed = entries.filter(({ op }) => op === "place-order").length;
    assert.deepEqual(inserted, { looked: placed, there: placed });
    assert.deepEqual(
      updated!.get("northwind.customers(customer_id).fax"),
      plannedKeys({ ...shop, slots: SLOTS }).keys.get("northwind.customers(customer_id).fax"),
    );
    assert.deepEqual(result, {
      ok: SLOTS,
      failed: 0,
      unknown: 0,
      unknownPresent: 0,
      notVerified: 0,
      problems: {},
      notes: [],
    });
    assert.deepEqual(entries.map(({ slot }) => slot), Array.from({ length: SLOTS }, (_, slot) => slot));
    assert.deepEqual(entries.map(({ seq }) => seq), Array.from({ length: SLOTS }, (_, seq) => seq));
    assert(entries.every(({ verified, client }) => verified === true && client === 0));
  });
});

Deno.test("rows that are lost, doubled or changed after they were acknowledged are told, and no others", async () => {
  await withLoaded(async (loaded) => {
    const [gone, line, twice, changed, moved, headTwice] = await slotsOf(loaded, "place-order");
    for (
      const sql of [
        `DELETE FROM northwind.orders WHERE order_id = ${ORDER + gone!}`,
        `DELETE FROM northwind.order_details WHERE order_id = ${ORDER + gone!}`,
        `DELETE FROM northwind.order_details WHERE ctid IN
           (SELECT ctid FROM northwind.order_details WHERE order_id = ${ORDER + line!} LIMIT 1)`,
        `INSERT INTO northwind.orders SELECT * FROM northwind.orders WHERE order_id = ${ORDER + twice!}`,
        `INSERT INTO northwind.order_details SELECT * FROM northwind.order_details WHERE order_id = ${
          ORDER + twice!
        }`,
        `UPDATE northwind.orders SET freight = freight + 0.01 WHERE order_id = ${ORDER + changed!}`,
        `UPDATE northwind.order_details SET quantity = quantity + 1 WHERE order_id = ${ORDER + moved!}`,
        `INSERT INTO northwind.orders SELECT * FROM northwind.orders WHERE order_id = ${ORDER + headTwice!}`,
      ]
    ) await loaded.change(sql);
    const { entries, problems } = await loaded.verify();
    assert.deepEqual(wrong(entries), [
      { slot: gone, problem: "lost", verified: false },
      { slot: line, problem: "lost", verified: false },
      { slot: twice, problem: "duplicate", verified: false },
      { slot: changed, problem: "overwritten", verified: false },
      { slot: moved, problem: "overwritten", verified: false },
      { slot: headTwice, problem: "duplicate", verified: false },
    ]);
    assert.deepEqual(problems, { lost: 2, duplicate: 2, overwritten: 2 });
  });
});

/** Changes of the tables that leave what was written as it is, each on the database as the one before left it. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  "columns of other types": [
    "ALTER TABLE northwind.order_details ALTER COLUMN quantity TYPE bigint",
    "ALTER TABLE northwind.orders ALTER COLUMN freight TYPE numeric(20, 6), ALTER COLUMN order_date TYPE timestamp",
    "ALTER TABLE northwind.customers ALTER COLUMN fax TYPE text",
  ],
  "columns renamed, dropped and added": [
    "ALTER TABLE northwind.orders RENAME COLUMN freight TO freight_amount",
    "ALTER TABLE northwind.orders DROP COLUMN employee_id, ADD COLUMN changed_at timestamptz DEFAULT clock_timestamp()",
  ],
  "partitions": [
    "ALTER TABLE northwind.orders RENAME TO orders_whole",
    "CREATE TABLE northwind.orders (LIKE northwind.orders_whole) PARTITION BY HASH (order_id)",
    "CREATE TABLE northwind.orders_0 PARTITION OF northwind.orders FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
    "CREATE TABLE northwind.orders_1 PARTITION OF northwind.orders FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "INSERT INTO northwind.orders SELECT * FROM northwind.orders_whole",
    "DROP TABLE northwind.orders_whole",
  ],
  "a view in a table's place": [
    "ALTER TABLE northwind.order_details RENAME TO lines",
    "CREATE VIEW northwind.order_details AS SELECT order_id, product_id, quantity FROM northwind.lines",
  ],
};

Deno.test("a migration that keeps what was written raises no alarm", async (t) => {
  await withLoaded(async ({ change, verify }) => {
    for (const [name, statements] of Object.entries(CHANGES)) {
      await t.step(name, async () => {
        for (const sql of statements) await change(sql);
        const { entries, notVerified, notes } = await verify();
        assert.deepEqual({ wrong: wrong(entries), notVerified, notes }, {
          wrong: [],
          notVerified: 0,
          notes: [],
        });
      });
    }
    await t.step("and a damaged row is told all the same", async () => {
      await change(
        "UPDATE northwind.orders SET customer_id = 'NOONE' WHERE order_id IN (SELECT min(order_id) FROM northwind.orders)",
      );
      assert.deepEqual((await verify()).problems, { overwritten: 1 });
    });
  });
});

Deno.test("what cannot be looked at is not verified, and the reason is told", async () => {
  await withLoaded(async ({ change, verify }) => {
    await change("ALTER TABLE northwind.orders RENAME COLUMN order_id TO id");
    await change("ALTER TABLE northwind.customers RENAME TO clients");
    const { entries, notVerified, problems, notes } = await verify();
    assert.equal(notVerified, SLOTS);
    assert(entries.every(({ verified, problem }) => verified === null && problem === null));
    assert.deepEqual(problems, {});
    assert.deepEqual(notes, [
      "Writes could not be looked at: northwind.orders has no column order_id.",
      "Writes could not be looked at: northwind.customers is not there.",
    ]);
    // Of the lines it can be told yet.
    await change("DELETE FROM northwind.order_details");
    assert.deepEqual(Object.keys((await verify()).problems), ["lost"]);
  });
});

Deno.test("of writes into a server that is gone nothing is verified, and nothing is called lost", async () => {
  await withLoaded(async ({ verify }) => {
    const gone = await verify({ url: "postgres://nobody@127.0.0.1:1/nothing" });
    assert.deepEqual({ ok: gone.ok, notVerified: gone.notVerified, problems: gone.problems }, {
      ok: SLOTS,
      notVerified: SLOTS,
      problems: {},
    });
    assert(gone.entries.length === SLOTS && gone.entries.every(({ verified }) => verified === null));
    assert.match(gone.notes.join(), /^Writes could not be looked at: Cannot .*127\.0\.0\.1:1/);
  });
});

Deno.test("a column whose new type has no such values is left out, and that is told", async () => {
  await withLoaded(async ({ change, verify }) => {
    await change(
      "ALTER TABLE northwind.orders ALTER COLUMN customer_id TYPE integer USING ascii(customer_id)",
    );
    const { problems, notVerified, notes } = await verify();
    assert.deepEqual({ problems, notVerified }, { problems: {}, notVerified: 0 });
    assert.deepEqual(notes, [
      "The column customer_id was not compared: it does not take the values that were written.",
    ]);
  });
});

Deno.test("of updates of one row the last value must be explained", async (t) => {
  await withLoaded(async (loaded) => {
    const { shop, change, verify, url } = loaded;
    const faxes = await slotsOf(loaded, "set-fax");
    const customerOf = (slot: number) => shop.mix.valuesOf(slot, 1).customer_id;
    const byCustomer = Map.groupBy(faxes, customerOf);
    const [customer, slots] = [...byCustomer].find(([, slots]) => slots.length >= 3)!;
    const set = (value: string) =>
      change(`UPDATE northwind.customers SET fax = ${value} WHERE customer_id = '${customer}'`);
    const standing = `${ORDER + slots.at(-1)!}`;
    const of = async (first?: string | null) => {
      const registers = first === undefined ? undefined : new Map([[
        "northwind.customers(customer_id).fax",
        new Map([...byCustomer.keys()].map((key) => [String(key), [first]])),
      ]]);
      return wrong((await verify({ registers })).entries);
    };
    await t.step("that of an earlier one is reordered", async () => {
      await set(`'${ORDER + slots[0]!}'`);
      assert.deepEqual(await of(null), [{ slot: slots.at(-1), problem: "reordered", verified: false }]);
    });
    await t.step("that from before the load is lost", async () => {
      await set("NULL");
      assert.deepEqual(await of(null), [{ slot: slots.at(-1), problem: "lost", verified: false }]);
      assert.deepEqual(await of(), [{ slot: slots.at(-1), problem: "lost", verified: false }]);
    });
    await t.step("that of nobody is overwritten", async () => {
      await set("'123'");
      assert.deepEqual(await of(null), [{ slot: slots.at(-1), problem: "overwritten", verified: false }]);
    });
    await t.step("that of the last one is right", async () => {
      await set(`'${standing}'`);
      assert.deepEqual(await of(null), []);
    });
    await t.step("those that two rows have exchanged are overwritten", async () => {
      const [other, others] = [...byCustomer].find(([key]) => key !== customer)!;
      const swap = () =>
        change(
          `UPDATE northwind.customers c SET fax = o.fax FROM northwind.customers o
           WHERE '${customer}' IN (c.customer_id, o.customer_id) AND '${other}' IN (c.customer_id, o.customer_id)
             AND c.customer_id <> o.customer_id`,
        );
      await swap();
      const told = [slots, others].map((own) => ({
        slot: own.at(-1)!,
        problem: "overwritten",
        verified: false,
      }));
      assert.deepEqual(await of(null), told.sort((a, b) => a.slot - b.slot));
      await swap();
      assert.deepEqual(await of(null), []);
    });
    await t.step("of two rows with one key it is a duplicate", async () => {
      await change(
        `INSERT INTO northwind.customers SELECT * FROM northwind.customers WHERE customer_id = '${customer}'`,
      );
      assert.deepEqual((await of(null)).map(({ problem }) => problem), ["duplicate"]);
    });
    await t.step("a row that is gone is lost", async () => {
      await change(`DELETE FROM northwind.customers WHERE customer_id = '${customer}'`);
      assert.deepEqual(await of(null), [{ slot: slots.at(-1), problem: "lost", verified: false }]);
    });
    await t.step("what the rows hold is read beforehand", async () => {
      const before = await registersBefore({ ...shop, url }, plannedKeys({ ...shop, slots: SLOTS }));
      const values = before.get("northwind.customers(customer_id).fax")!;
      assert.deepEqual(
        [...values.keys()].sort(),
        [...byCustomer.keys()].map(String).filter((key) => key !== customer).sort(),
      );
    });
  });
});

Deno.test("what a kill left unrecorded is unknown: there once or not at all", async () => {
  await withLoaded(async ({ home, verify, change }) => {
    const folder = join(home, "spool", readdirSync(join(home, "spool"))[0]!);
    const file = join(folder, "timing-0.seg");
    // A frame that a kill tore: nothing of it is told.
    writeFileSync(file, readFileSync(file).subarray(0, 400));
    const { entries, ok, unknown, unknownPresent, problems } = await verify({ whole: false });
    assert.deepEqual({ ok, unknown, unknownPresent: unknownPresent > SLOTS / 2, problems }, {
      ok: 0,
      unknown: unknownPresent,
      unknownPresent: true,
      problems: {},
    });
    const { slot } = entries.find(({ op }) => op === "place-order")!;
    await change(
      `INSERT INTO northwind.orders SELECT * FROM northwind.orders WHERE order_id = ${ORDER + slot}`,
    );
    assert.deepEqual(wrong((await verify({ whole: false })).entries), [{
      slot,
      problem: "duplicate",
      verified: false,
    }]);
  });
});

Deno.test("a write that succeeds and that the database swallows is lost, also where its answer has no row", async () => {
  await withLoaded(async ({ url, shop, home, change, verify }) => {
    const before = await registersBefore({ ...shop, url }, plannedKeys({ ...shop, slots: 2 * SLOTS }));
    await change(
      "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';" +
        "CREATE TRIGGER swallow BEFORE INSERT ON northwind.orders FOR EACH ROW EXECUTE FUNCTION swallow();" +
        "CREATE TRIGGER swallow BEFORE UPDATE ON northwind.customers FOR EACH ROW EXECUTE FUNCTION swallow()",
    );
    const spoolDir = join(home, "spool", "20260101-000000-aaaa");
    await shortLoad({ url, shop, slots: [SLOTS, 2 * SLOTS], clients: 1, spoolDir, worker: 1 });
    const { entries, ...result } = await verify({ slots: 2 * SLOTS, registers: before });
    assert.deepEqual([result.ok, result.unknown], [2 * SLOTS, 0]);
    const later = entries.filter(({ slot }) => slot >= SLOTS);
    const orders = later.filter(({ op }) => op === "place-order");
    assert(orders.length > 0 && orders.every(({ problem }) => problem === "lost"));
    const updates = later.filter(({ op }) => op === "set-fax");
    // Of each row the last one tells.
    assert(updates.some(({ problem }) => problem !== null));
  });
});
