import assert from "node:assert/strict";
import { Client } from "pg";
import { mayWrite, slotWrites } from "./may_write.ts";
import { slotsOf, withWritten, writeSpool } from "./testing.ts";
import { undoing } from "./undoing.ts";
import { sleep } from "../net/sleep.ts";

const BASE = 1_000_000_000;

Deno.test("a row that somebody puts there while the undo is at work is nobody's to remove", async () => {
  await withWritten(async ({ url, query, place, orders, ...written }) => {
    const { writes } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));
    const [one, two] = writes as [number, number];
    const theirs = new Client({ connectionString: url, application_name: "their-program" });
    await theirs.connect();
    const waiting = async () =>
      (await query(
        "SELECT 1 FROM pg_locks WHERE relation = 'northwind.order_details'::regclass AND NOT granted",
      )).length > 0;
    try {
      const options = await written.writing();
      const undone = undoing(options, async () => {
        for (const slot of [one, two]) await place(slot);
        writeSpool(options, { [one]: "ok", [two]: "ok" });
        // It may be read, and so looked at, and nothing of it removed.
        await theirs.query("BEGIN; LOCK TABLE ONLY northwind.order_details IN SHARE MODE");
      });
      for (let looks = 0; !await waiting(); looks++) {
        assert.ok(looks < 500, "the undo does not come to remove anything");
        await sleep(10);
      }
      await theirs.query(
        `INSERT INTO northwind.order_details (order_id, product_id, unit_price, quantity, discount)
         SELECT $1, product_id, 777.77, 1, 0 FROM northwind.products p
         WHERE NOT EXISTS (
           SELECT FROM northwind.order_details d WHERE d.order_id = $1 AND d.product_id = p.product_id
         ) LIMIT 1`,
        [BASE + two],
      );
      await theirs.query("COMMIT");
      const { left } = await undone;
      const lines = await query(
        `SELECT unit_price::float8 AS price FROM northwind.order_details WHERE order_id = ${BASE + two}`,
      );
      assert.ok(lines.some(({ price }) => price === 777.77), "their line is gone");
      assert.ok((await orders()).includes(BASE + two), "their line has no order");
      assert.match(left.join("\n"), /northwind\.order_details/);
    } finally {
      await theirs.end();
    }
  });
});
