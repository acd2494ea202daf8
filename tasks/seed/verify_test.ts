import assert from "node:assert/strict";
import { Client } from "pg";
import { ServiceError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { datasets } from "./catalog.ts";
import { seed } from "./seed.ts";
import { type Check, verify } from "./verify.ts";

const request = (url: string, dataset: string) => ({ url, dataset, scale: "tiny", seed: 3 });

const failed = (checks: readonly Check[]) =>
  checks.filter(({ ok }) => !ok).map(({ kind, table }) => `${kind}: ${table}`);

Deno.test("verifying a real database", async (t) => {
  await withDatabase(async (_url, postgres) => {
    for (const dataset of Object.keys(datasets)) {
      await t.step(
        `${dataset}: everything holds after seeding, and every kind of check is made`,
        async () => {
          const url = await postgres.database(dataset);
          const asked = request(url, dataset);
          await assert.rejects(verify(asked), (error: ServiceError) => {
            assert(error instanceof ServiceError);
            assert.match(error.message, /the database does not hold it/);
            return true;
          });
          const { counts } = await seed(asked);
          const checks = await verify(asked);
          assert.deepEqual(failed(checks), [], JSON.stringify(checks.filter(({ ok }) => !ok)));
          assert.deepEqual(
            new Set(checks.map(({ kind }) => kind)),
            new Set(["rows", "constraints and indexes", "foreign key", "distribution", "content"]),
          );
          for (const table of Object.keys(counts)) {
            assert.equal(
              checks.filter((check) => check.table === table && check.kind === "content").length,
              1,
            );
          }
        },
      );
    }

    await t.step("whatever is changed afterwards is found, by the check that should", async () => {
      const changes: [string, string[]][] = [
        ["UPDATE northwind.orders SET freight = freight + 0.01 WHERE order_id = 10300", ["content: orders"]],
        [
          "UPDATE northwind.customers SET fax = '' WHERE customer_id = (SELECT min(customer_id) FROM northwind.customers WHERE fax IS NULL)",
          [
            "content: customers",
          ],
        ],
        ["DELETE FROM northwind.us_states WHERE state_id = 1", ["rows: us_states", "content: us_states"]],
        ["DROP INDEX northwind.orders_order_date", ["constraints and indexes: all"]],
        // Triggers off: what a restore or a replica may leave behind.
        [
          "SET session_replication_role = replica; DELETE FROM northwind.shippers WHERE shipper_id = 2; SET session_replication_role = origin",
          ["rows: shippers", "foreign key: orders", "content: shippers"],
        ],
      ];
      const foundAfter = async (sql: string, nth: number) => {
        const url = await postgres.copy(`changed_${nth}`, "northwind");
        const client = new Client({ connectionString: url });
        await client.connect();
        await client.query(sql).finally(() => client.end());
        return failed(await verify(request(url, "northwind")));
      };
      for (const [nth, [sql, expected]] of changes.entries()) {
        assert.deepEqual(await foundAfter(sql, nth), expected, sql);
      }
      // All lines without a discount: rows and keys are as they were.
      const found = await foundAfter("UPDATE northwind.order_details SET discount = 0", changes.length);
      assert(found.includes("distribution: order_details"));
      assert(found.includes("content: order_details"));
    });
  });
});
