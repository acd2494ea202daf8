import assert from "node:assert/strict";
import { checksText, loadedText, SeedProgressText } from "./seed_text.ts";

Deno.test("while tables are copied each says rows, rate and time left", () => {
  let now = 0;
  const words = new SeedProgressText(() => now);
  const copy = (table: string, done: number, total: number) =>
    words.text({ stage: "copy", table, done, total });
  assert.equal(copy("orders", 0, 5_000_000), "orders: 0 of 5,000,000 rows (0 %)");
  now = 2000;
  assert.equal(
    copy("orders", 1_000_000, 5_000_000),
    "orders: 1,000,000 of 5,000,000 rows (20 %), 500,000 rows/s, 8 s left",
  );
  assert.equal(
    copy("order_details", 0, 13_000_000),
    "orders: 1,000,000 of 5,000,000 rows (20 %), 500,000 rows/s, 8 s left · " +
      "order_details: 0 of 13,000,000 rows (0 %)",
  );
  now = 10_000;
  assert.equal(copy("orders", 5_000_000, 5_000_000), "order_details: 0 of 13,000,000 rows (0 %)");
  assert.equal(copy("order_details", 13_000_000, 13_000_000), "order_details: 13,000,000 rows");
  assert.equal(
    words.text({ stage: "indexes", table: "orders", done: 4, total: 20 }),
    "indexes 4 of 20: orders",
  );
});

Deno.test("what was loaded, as a table", async (t) => {
  const table = (rows: number, seconds: number) => ({ rows, seconds, sum: "0".repeat(16) });
  await t.assertSnapshot(loadedText({
    customers: table(100_000, 0.61),
    orders: table(5_000_000, 9.87),
    us_states: table(51, 0),
  }, { seconds: 61.2, bytes: 4.1 * 2 ** 30, peakBytes: 250 * 2 ** 20 }));
});

Deno.test("what was verified of a real data set stays a table, of 80 columns too", () => {
  const check = {
    kind: "constraints and indexes",
    table: "customer_customer_demo",
    what: "hash of all rows, as sent and as stored",
    expected: "588bff7a89f38c7c",
    found: "588bff7a89f38c7c",
    ok: true,
  } as const;
  for (const columns of [80, 100]) {
    const lines = checksText([check, check], columns).split("\n");
    assert.match(lines[0]!, /^check$/);
    assert.match(lines[1]!, /^ {4,}table +expected +found$/);
    assert.deepEqual(lines[3], "constraints and indexes");
    assert.equal(lines.filter((line) => /^ {2}✓ {2}customer_.*588bff7a89f38c7c$/.test(line)).length, 2);
  }
});

Deno.test("what was verified, as a table", async (t) => {
  const check = (what: string, found: string, ok: boolean) =>
    ({ kind: "distribution", table: "orders", what, expected: "0.5 ± 0.01", found, ok }) as const;
  await t.assertSnapshot(checksText([check("placed on a Saturday", "0.503", true)]));
  await t.assertSnapshot(
    checksText([check("placed on a Saturday", "0.503", true), check("placed in December", "0.61", false)]),
  );
});
