import assert from "node:assert/strict";
import { loadScenario } from "../load/scenario.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { ROOT, withWritten, writingOf } from "./testing.ts";
import { undoing } from "./undoing.ts";

const FIRST = "(SELECT min(order_id) FROM northwind.orders)";

Deno.test("what a run writes into seeded rows is set back, and what somebody else writes there stays", async (t) => {
  await withWritten(async (written) => {
    const { url, query } = written;
    const scenario = await loadScenario(ROOT, "shop-under-change");
    const writing = () => writingOf(scenario, written);
    const update = (name: string, where = `order_id = ${FIRST}`) =>
      query(`UPDATE northwind.orders SET ship_name = $1 WHERE ${where}`, [name]);
    const names = async () =>
      (await query(`
        SELECT DISTINCT o.ship_name AS name FROM northwind.orders o JOIN northwind.customers c USING (customer_id)
        WHERE o.ship_name <> c.company_name`)).map(({ name }) => name);
    const before = await lookAtPostgres(url);
    const asFound = async () =>
      assertAsFound(before, await lookAtPostgres(url), {
        except: [/maintenance of table northwind\.(orders|order_details): /],
      });

    await t.step("also where the work fails", async () => {
      await assert.rejects(
        undoing(writing(), async () => {
          await update("client 1000000007", "order_id % 3 = 0");
          throw new Error("gone");
        }),
        /gone/,
      );
      await asFound();
    });

    await t.step("what a killed run left is no obstacle, and goes with the next one's", async () => {
      await update("client 1000000009");
      const { left } = await undoing(writing(), () => update("client 1000000011", "order_id % 5 = 0"));
      assert.deepEqual(left, []);
      await asFound();
    });

    await t.step("another name that came meanwhile", async () => {
      const { left } = await undoing(writing(), () => update("client 10000000071"));
      assert.deepEqual(left, []);
      assert.deepEqual(await names(), ["client 10000000071"]);
    });

    await t.step("and where it stands before the run nothing is written", async () => {
      await assert.rejects(undoing(writing(), () => assert.fail("it went on")), {
        name: "UsageError",
        message:
          /^Cannot run shop-under-change: it writes into ship_name of northwind\.orders .* order_id \d+ has something else/,
      });
      const other = await loadScenario(ROOT, "access-paths");
      await undoing(writingOf(other, written), () => Promise.resolve());
      assert.deepEqual(await names(), ["client 10000000071"]);
    });

    await t.step("a trigger of the user's is not woken by setting back: the marks are named", async () => {
      await query(`UPDATE northwind.orders o SET ship_name = company_name FROM northwind.customers c
        WHERE c.customer_id = o.customer_id AND o.ship_name <> c.company_name`);
      const { left } = await undoing(writing(), async () => {
        await update("client 1000000007");
        await query(
          "CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; " +
            "CREATE TRIGGER audit AFTER UPDATE ON northwind.orders FOR EACH ROW EXECUTE FUNCTION public.audit()",
        );
      });
      assert.match(
        left.join("\n"),
        /1 row of northwind\.orders .* has in ship_name what the run .* wrote; the first: order_id/,
      );
      assert.match(left.join("\n"), /audit/);
      assert.deepEqual(await names(), ["client 1000000007"]);
    });
  });
});
