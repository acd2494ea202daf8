import assert from "node:assert/strict";
import type { Client } from "pg";
import { connectClient } from "../postgres/client.ts";
import { withPostgres } from "../stack/testing.ts";
import { SideComparison } from "./compare_sides.ts";
import { currentLsn } from "./link.ts";
import type { MoveComparison } from "./move_options.ts";
import { movedTables } from "./moved_tables.ts";

const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.item (id int PRIMARY KEY, note text);
  CREATE TABLE shop.code (a char(5), b date, note text, PRIMARY KEY (b, a));
  ALTER TABLE shop.code REPLICA IDENTITY FULL;
  CREATE TABLE shop.log (id int PRIMARY KEY);
  INSERT INTO shop.item SELECT i, 'note' FROM generate_series(1, 30000) i;
  INSERT INTO shop.code VALUES ('it''s', '2026-03-01', NULL), ('ü:,"', '2026-03-02', 'b');
  INSERT INTO shop.log SELECT generate_series(1, 10);
  ANALYZE`;

/** Compares two databases of one server, which stand for two servers: `write` is what happens meanwhile. */
async function compared(
  write: (from: Client, to: Client, comparison: SideComparison) => Promise<unknown>,
): Promise<MoveComparison> {
  return await withPostgres(async (url, { database }) => {
    const clients = await Promise.all([url, await database("other")].map(async (each) => {
      const [client, writer] = [
        await connectClient(each, { applicationName: "test" }),
        await connectClient(each, { applicationName: "test" }),
      ];
      await client.query(SHOP);
      return [client, writer] as const;
    }));
    const [[from, fromWriter], [to, toWriter]] = clients as [typeof clients[0], typeof clients[0]];
    try {
      await from.query("CREATE PUBLICATION told FOR TABLE shop.item, shop.code, shop.log");
      const comparison = await SideComparison.begin({
        from,
        to,
        side: "target",
        tables: (await movedTables(from, ["shop"])).tables,
        publication: "told",
        slot: "tail",
        origin: null,
      });
      await write(fromWriter, toWriter, comparison);
      return await comparison.conclude(await currentLsn(from), 60_000);
    } finally {
      await Promise.all(clients.flat().map((client) => client.end()));
    }
  });
}

Deno.test("what is written while two servers are compared is compared row by row, whatever its key", async () => {
  const { different, notes, tables, ranges, rows, tailRows } = await compared(
    async (from, to, comparison) => {
      await comparison.look();
      assert.deepEqual(comparison.pending, { ranges: 0, rows: 0 });
      for (
        const sql of [
          "UPDATE shop.item SET id = 40000 WHERE id = 7",
          "DELETE FROM shop.item WHERE id = 8",
          "UPDATE shop.code SET note = NULL, a = 'new' WHERE a LIKE 'ü%'",
          "DELETE FROM shop.code WHERE note IS NULL AND b = '2026-03-01'",
          "TRUNCATE shop.log",
        ]
      ) for (const client of [from, to]) await client.query(sql);
    },
  );
  assert.deepEqual({ different, notes, tables }, { different: [], notes: [], tables: 3 });
  // Both keys of what got another one; the emptied table is summed up as a whole.
  assert.deepEqual([tailRows, ranges > 4, rows], [6, true, 30_012]);
});

Deno.test("a range that is written all the time is compared apart from what is written", async () => {
  const { different, notes } = await compared(async (from, to, comparison) => {
    // The other server is behind for ever: the same rows are written again and again, and come too late.
    await from.query("UPDATE shop.item SET note = 'late' WHERE id < 20");
    await comparison.look();
    assert.deepEqual(comparison.pending, { ranges: 0, rows: 19 });
    await to.query("UPDATE shop.item SET note = 'late' WHERE id < 20");
  });
  assert.deepEqual([different, notes], [[], []]);
});

Deno.test("what differs is named: a row that is missing, one too many, another value, a table that was emptied", async () => {
  const { different } = await compared(async (from, to, comparison) => {
    // Before anything was looked at, and unknown to the log that is read.
    await to.query("UPDATE shop.item SET note = 'other' WHERE id = 29000");
    await comparison.look();
    await from.query("INSERT INTO shop.item VALUES (50000, 'lost')");
    await from.query("DELETE FROM shop.code WHERE a = 'it''s'");
    await from.query("UPDATE shop.item SET note = 'changed' WHERE id = 3");
    await from.query("TRUNCATE shop.log");
  });
  assert.deepEqual(different.map((text) => text.replace(/from \d+( below \d+)?/, "from …")).toSorted(), [
    'shop.code "2026-03-01","it\'s ": the row is there and must not be',
    'shop.item "3": the row has other values',
    'shop.item "50000": the row is not there',
    "shop.item, id from …: other values",
    "shop.log: 0 rows on the one, 10 on the other",
  ]);
});
