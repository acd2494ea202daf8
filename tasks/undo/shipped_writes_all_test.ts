import assert from "node:assert/strict";
import { Client } from "pg";
import { loadWorkload } from "../load/arms.ts";
import { mixOf } from "../load/plan.ts";
import { loadScenario } from "../load/scenario.ts";
import { loadSqlSources } from "../load/sources.ts";
import { datasets } from "../seed/catalog.ts";
import { seed } from "../seed/seed.ts";
import { withPostgres } from "../stack/testing.ts";
import { parameterText } from "../targets/pg_values.ts";
import { mayWrite, operationOfSlot, slotWrites } from "./may_write.ts";
import { ROOT, writeSpool, writingOf } from "./testing.ts";
import { undoing } from "./undoing.ts";

/** In place of what an earlier step of the session has answered. */
const CARRIED = `
  SELECT customer_id, product_id FROM northwind.customers, northwind.products ORDER BY 1 DESC, 2 DESC LIMIT 1`;

const SCENARIOS = [
  "access-paths",
  "checkout",
  "sales-analytics",
  "write-heavy",
  "shop-under-change",
  "saas-events",
];

Deno.test("every shipped write is known again by its values, when nobody knows what became of it", async (t) => {
  await withPostgres(async (_url, { home, database }) => {
    for (const name of SCENARIOS) {
      await t.step(name, async () => {
        const scenario = await loadScenario(ROOT, name);
        const url = await database(scenario.datasetName!);
        const dataset = await seed({ url, dataset: scenario.datasetName!, scale: "tiny", seed: 42 });
        const sources = await loadSqlSources(scenario, url);
        const { streams, operations } = scenario;
        const mix = mixOf({ operations, streams, dataset, sources, seed: 42 });
        const workload = await loadWorkload(scenario.workloadDir, scenario);
        const client = new Client({ connectionString: url });
        await client.connect();
        try {
          const [row] = scenario.datasetName === "northwind" ? (await client.query(CARRIED)).rows : [];
          // Of the step before it, which wrote under its own slot.
          const orderOf = (slot: number) =>
            datasets[scenario.datasetName!]!.reservedBase + slot - streams.length;
          const capturedAt = (slot: number) =>
            Object.fromEntries(operations.map(({ name }) => [name, { ...row, order_id: orderOf(slot) }]));
          const options = { ...writingOf(scenario, { url, home, dataset }, sources), mix };
          const writes = slotWrites(options.load);
          const slots = Array.from({ length: 5000 }, (_, slot) => slot).filter(mayWrite(writes)).slice(
            0,
            300,
          );
          const operationOf = operationOfSlot(writes);
          assert.ok(slots.length > 50);
          const { left } = await undoing({ ...options, slots: 5000 }, async () => {
            for (const slot of slots) {
              const operation = operationOf(slot);
              const { text, parameters } = workload[operation]!.sql;
              const values = mix.valuesOf(slot, operation, capturedAt(slot));
              await client.query(text, parameters.map((parameter) => parameterText(values[parameter.name])));
            }
            writeSpool(options, Object.fromEntries(slots.map((slot) => [slot, "timeout" as const])));
          });
          assert.deepEqual(left, []);
          const { rows } = await client.query(
            scenario.datasetName === "northwind"
              ? `SELECT order_id FROM northwind.orders JOIN northwind.customers USING (customer_id)
                 WHERE order_id >= 1000000000 OR ship_name <> company_name`
              : "SELECT event_id FROM events.events WHERE event_id >= 1000000000000",
          );
          assert.deepEqual(rows, []);
        } finally {
          await client.end();
        }
      });
    }
  });
});
