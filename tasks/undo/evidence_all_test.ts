import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { loadScenario } from "../load/scenario.ts";
import { events } from "../seed/events/events.ts";
import { seed } from "../seed/seed.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { recordFile, ROOT, slotsOf, withWritten, writeSpool, writingOf } from "./testing.ts";
import { undoing } from "./undoing.ts";

const BASE = 1_000_000_000;

Deno.test("an event of somebody else's that has the number of one of the run's stays", async () => {
  await withWritten(async ({ home, postgres }) => {
    const url = await postgres.database("product");
    const dataset = await seed({ url, dataset: "events", scale: "tiny", seed: 42 });
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const scenario = await loadScenario(ROOT, "saas-events");
      const options = writingOf(scenario, { url, home, dataset }, {
        actions: { rows: 1, columns: { event_type: ["click"], page_path: ["/"], device: ["web"] } },
      });
      const { writes: [one, two] } = slotsOf(mayWrite(slotWrites(options.load)));
      const record = (slot: number, user: unknown, session: unknown, at: unknown) =>
        client.query(
          "SELECT events.record_event($1::bigint, $2, 'click', $3::timestamptz, $4, '/', '{}')",
          [events.reservedBase + slot, user, at, session],
        );
      const theirs = [[one!, 1, 77, "2025-03-01"], [one!, 1, 77, "2026-02-01"], [
        two!,
        2,
        78,
        "2025-04-01",
      ]] as const;
      const { left } = await undoing(options, async () => {
        for (const slot of [one!, two!]) {
          const { user_id, session_id, occurred_at } = options.mix.valuesOf(
            slot,
            options.mix.operationOf(slot, 0),
          );
          await record(slot, user_id, session_id, occurred_at);
        }
        for (const [slot, user, session, at] of theirs) await record(slot, user, session, at);
        writeSpool(options, { [one!]: "ok", [two!]: "ok" });
      });
      assert.deepEqual(left, []);
      const { rows } = await client.query(
        `SELECT session_id::int AS session FROM events.events WHERE event_id >= ${events.reservedBase} ORDER BY event_id, occurred_at`,
      );
      assert.deepEqual(rows, [{ session: 77 }, { session: 77 }, { session: 78 }]);
    } finally {
      await client.end();
    }
  });
});

Deno.test("rows of a run are found also where its spool is torn, or lost", async (t) => {
  await withWritten(async ({ home, query, place, orders, ...written }) => {
    const { writes: [one, two, three] } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));
    const cleared = async () => {
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
    };
    await t.step("where a part of it cannot be read", async () => {
      const options = await written.writing();
      const { left } = await undoing(options, async () => {
        for (const slot of [one!, two!]) await place(slot);
        writeSpool(options, { [one!]: "ok" });
        writeSpool(options, { [two!]: "ok" });
        const file = join(options.spool!.dir, "timing-1.seg");
        const bytes = await Deno.readFile(file);
        bytes[bytes.length - 3]! ^= 255;
        await Deno.writeFile(file, bytes);
      });
      assert.deepEqual(left, []);
      assert.deepEqual(await orders(), []);
    });

    await t.step("where nothing is left of it, and somebody else's stay", async () => {
      const options = await written.writing();
      const customer = "SELECT customer_id FROM northwind.customers LIMIT 1";
      await undoing(options, async () => {
        for (const slot of [one!, two!]) await place(slot);
        await query(
          `SELECT northwind.place_order($1, (${customer}), 1, '2026-02-02', 1, 3, '{1}', '{1}')`,
          [BASE + three!],
        );
        throw new Error("killed, as it were");
      }).catch(() => {});
      assert.deepEqual(await orders(), [BASE + three!]);
      await cleared();
      await Deno.remove(recordFile(home, options.runId));
    });

    await t.step("a request that answered no row may have found another's there", async () => {
      const options = await written.writing();
      await undoing(options, async () => {
        await query(
          `INSERT INTO northwind.orders (order_id, order_date, freight) VALUES ($1, '2026-02-02', 3)`,
          [BASE + one!],
        );
        await place(two!);
        writeSpool(options, { [one!]: "no rows", [two!]: "no rows" });
      });
      assert.deepEqual(await orders(), [BASE + one!]);
    });
  });
});
