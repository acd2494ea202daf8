import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { proofSlot } from "../load/proof_slots.ts";
import { takeBackLeftWrites } from "./left_writes.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { orderOf, PLACE_ORDER, recordFile, slotsOf, withWritten, writeSpool } from "./testing.ts";
import { undoing } from "./undoing.ts";

const BASE = 1_000_000_000;

Deno.test("rows that a user puts under keys that the run wrote are left, and named", async (t) => {
  await withWritten(async ({ url, home, query, place, orders, ...written }) => {
    const { writes } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));
    const [one, two, three] = writes as [number, number, number];
    const cleared = async () => {
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
    };
    const theirs = (slot: number) =>
      query(
        "INSERT INTO northwind.orders (order_id, order_date, freight, ship_name) VALUES ($1, '2001-01-01', 1, 'MY OWN ROW')",
        [BASE + slot],
      );
    const lines = async () =>
      (await query(
        `SELECT order_id - ${BASE} AS slot, count(*)::integer AS lines FROM northwind.order_details
         WHERE order_id >= ${BASE} GROUP BY 1 ORDER BY 1`,
      )).map(({ slot, lines }) => [Number(slot), lines]);
    const killed = async (runId: string) => {
      const record = JSON.parse(await Deno.readTextFile(recordFile(home, runId)));
      record.owner = { pid: 1, startedAt: "long ago" };
      await Deno.writeTextFile(recordFile(home, runId), JSON.stringify(record));
    };
    /** Has the writing of three orders end by a kill, as it were, with `change` done by the user after it. */
    const killedRun = async (change: () => Promise<unknown>) => {
      const options = await written.writing();
      // A publication keeps the undo from its work, and the record stays as after a kill.
      await undoing(options, async () => {
        for (const slot of [one, two, three]) await place(slot);
        writeSpool(options, { [one]: "ok", [two]: "ok", [three]: "ok" });
        await query("CREATE PUBLICATION keeps FOR TABLE ONLY northwind.orders");
      });
      await query("DROP PUBLICATION keeps");
      await change();
      await killed(options.runId);
      const looks = () => takeBackLeftWrites(home, { url, embedded: false, held: false });
      return { options, looks };
    };

    await t.step("in place of the run's own, after a kill, and at each start again", async () => {
      const { options, looks } = await killedRun(async () => {
        await cleared();
        for (const slot of [one, two, three]) await theirs(slot);
      });
      for (let start = 0; start < 2; start++) {
        const { told, left } = await looks();
        assert.deepEqual(told, []);
        assert.match(
          left[0]!,
          new RegExp(
            `What stands in northwind\\.orders \\(order_id ${
              BASE + one
            }\\), .* was left as somebody else's: the run ` +
              `${options.runId} wrote under these keys, and something else than it wrote is there\\.`,
          ),
        );
        assert.deepEqual(await orders(), [one, two, three].map((slot) => BASE + slot));
        await killed(options.runId);
      }
      await cleared();
      const { left } = await looks();
      assert.deepEqual(left, []);
    });

    await t.step("in place of one of them, while the others are taken back", async () => {
      const { looks } = await killedRun(async () => {
        await query(`DELETE FROM ONLY northwind.order_details WHERE order_id = ${BASE + two}`);
        await query(`DELETE FROM ONLY northwind.orders WHERE order_id = ${BASE + two}`);
        await theirs(two);
      });
      const { left } = await looks();
      assert.match(left[0]!, new RegExp(`northwind\\.orders \\(order_id ${BASE + two}\\) of the database`));
      assert.deepEqual(await orders(), [BASE + two]);
      await cleared();
      assert.deepEqual((await looks()).left, []);
    });

    await t.step("as lines of an order of the run, which stays whole with them", async () => {
      const options = await written.writing();
      const { left } = await undoing(options, async () => {
        for (const slot of [one, two, three]) await place(slot);
        writeSpool(options, { [one]: "ok", [two]: "ok", [three]: "ok" });
        await query(
          `INSERT INTO northwind.order_details (order_id, product_id, unit_price, quantity, discount)
           SELECT $1, product_id, 777.77, 1, 0 FROM northwind.products p
           WHERE NOT EXISTS (
             SELECT FROM northwind.order_details d WHERE d.order_id = $1 AND d.product_id = p.product_id
           ) LIMIT 1`,
          [BASE + two],
        );
      });
      assert.match(
        left[0]!,
        new RegExp(
          `^What stands in northwind\\.order_details \\(order_id ${BASE + two}\\), ` +
            `northwind\\.orders \\(order_id ${
              BASE + two
            }\\) of the database "test" was left as somebody else's`,
        ),
      );
      assert.deepEqual(await orders(), [BASE + two]);
      assert.deepEqual(await lines(), [[two, 4]]);
      await cleared();
      await Deno.remove(recordFile(home, options.runId));
    });

    await t.step("in place of what the comparison of paths wrote", async () => {
      const wrote = new Set<number>();
      const proofWrote = new Map([[url, wrote]]);
      const options = await written.writing({ spool: null, slots: 0, proofWrote });
      const operation = options.scenario.operations.findIndex(({ write }) => write);
      const first = proofSlot(operation, 2, options.databases[0]!.arms.length);
      const proofSlots = [0, 1, 2].map((at) => ({ slot: first + at, operation }));
      const { left } = await undoing({ ...options, proofSlots }, async () => {
        const [, ...given] = await orderOf(first, written.dataset);
        for (const { slot } of proofSlots.slice(0, 2)) {
          await query(PLACE_ORDER, [BASE + slot, ...given]);
        }
        await theirs(first + 2);
        for (const { slot } of proofSlots) wrote.add(slot);
      });
      assert.match(
        left[0]!,
        new RegExp(`^What stands in northwind\\.orders \\(order_id ${BASE + first + 2}\\) of`),
      );
      assert.deepEqual(await orders(), [BASE + first + 2]);
      await cleared();
      await Deno.remove(recordFile(home, options.runId));
    });

    await t.step("in place of what an earlier undo removed, however alike", async () => {
      const { options, looks } = await killedRun(async () => {
        await cleared();
        await place(two);
      });
      const file = recordFile(home, options.runId);
      const record = JSON.parse(await Deno.readTextFile(file));
      record.reserved.removed = true;
      // Nothing of its requests could come any more.
      record.late = null;
      await Deno.writeTextFile(file, JSON.stringify(record));
      await looks();
      assert.deepEqual(await orders(), [BASE + two]);
      await cleared();
      await Deno.remove(file).catch(() => {});
    });

    await t.step("a killed run of whose rows none is there any more says so", async () => {
      const { options, looks } = await killedRun(cleared);
      const { told, left } = await looks();
      assert.deepEqual(left, []);
      assert.match(
        told[0]!,
        new RegExp(
          `^Nothing was taken back of the run ${options.runId} \\(access-paths\\): under none of the 3 keys that it wrote ` +
            `is there a row any more in the database "test"`,
        ),
      );
      assert.ok(!existsSync(recordFile(home, options.runId)));
    });
  });
});
