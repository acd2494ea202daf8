import assert from "node:assert/strict";
import { Client } from "pg";
import { withDatabase } from "../../stack/testing_shared.ts";
import type { DistributionCheck } from "../dataset.ts";
import { seed } from "../seed.ts";
import { schemaSql } from "../sql.ts";
import { verify } from "../verify.ts";
import { northwind } from "./northwind.ts";
import { shapeOf } from "./testing.ts";

type Found = Readonly<Record<string, number | string | null>>;

/** The checks that what was found does not pass. */
function failed(found: Found, checks: Readonly<Record<string, DistributionCheck>>): string[] {
  return Object.entries(checks).flatMap(([column, { expected, tolerance }]) => {
    const value = found[column] ?? null;
    const off = value === null ? Infinity : Math.abs(Number(value) - expected);
    return off <= tolerance ? [] : [`${column}: ${value}, not ${expected} ± ${tolerance}`];
  });
}

/** Another value of each distribution that the checks look at, and the check that must notice. */
const NOTICED: readonly (readonly [name: string, value: number | readonly number[], column: string])[] = [
  ["orders.customerSkew", 0.95, "top_customers"],
  ["orders.weekday", [0.4, 1.15, 1.1, 1.05, 1.1, 1.2, 0.25], "weekend"],
  ["orders.weekday", [0.15, 1.15, 1.1, 1.05, 1.1, 1.6, 0.25], "friday"],
  ["orders.seasonSwing", 0.45, "december"],
  ["orders.growth", [1, 1], "last_year"],
  ["orders.shippingMedian", 16, "on_their_way"],
  ["orders.employeeSpread", 1.2, "employee_spread"],
  ["lines.count", [30, 31, 25, 14, 6, 2], "lines_per_order"],
  ["lines.productSkew", 0.9, "top_products"],
  ["lines.quantityMedian", 20, "median_quantity"],
  ["lines.discount", [70, 9, 8, 7, 7, 7], "undiscounted"],
  ["margin.seafood", 0.45, "margin"],
  ["segments.share", [15, 15, 30, 50], "first_segment"],
];

Deno.test("verify.sql finds what the declared distributions promise", async (t) => {
  await withDatabase(async (url) => {
    const found = async (): Promise<Found> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        const { rows } = await client.query(schemaSql("northwind/verify.sql"));
        assert.equal(rows.length, 1);
        return rows[0];
      } finally {
        await client.end();
      }
    };

    await t.step("each check notices when its distribution is another, and only then", async () => {
      const { counts } = await seed({ url, dataset: "northwind", scale: "small", seed: 11 });
      const values = await found();
      const checks = northwind.checks(shapeOf("small", 11), counts);
      assert.deepEqual(Object.keys(checks).toSorted(), Object.keys(values).toSorted());
      assert.deepEqual(failed(values, checks), []);
      assert.deepEqual(NOTICED.map(([, , column]) => column).toSorted(), Object.keys(checks).toSorted());
      for (const [name, value, column] of NOTICED) {
        const other = northwind.checks(shapeOf("small", 11, {}, { [name]: value }), counts);
        assert(
          failed(values, other).some((text) => text.startsWith(`${column}:`)),
          `${name} = ${value}: ${column} is still ${values[column]}`,
        );
      }
    });

    await t.step("changed distributions are found as they were set", async () => {
      const changed = Object.fromEntries(NOTICED.map(([name, value]) => [name, value]));
      const distributions = Object.fromEntries(
        Object.entries(changed).map(([name, value]) => [name, String(value)]),
      );
      for (const seedOf of [1, 2]) {
        const { counts } = await seed({
          url,
          dataset: "northwind",
          scale: "tiny",
          seed: seedOf,
          distributions,
          replace: true,
        });
        const checks = northwind.checks(shapeOf("tiny", seedOf, {}, changed), counts);
        assert.deepEqual(failed(await found(), checks), [], `seed ${seedOf}`);
      }
    });

    await t.step("the least counts make a data set that is whole, and odd ones do", async () => {
      const least = Object.fromEntries(
        Object.entries(northwind.countOptions).map(([option, { min }]) => [option, min]),
      );
      assert.deepEqual(least, { customers: 1, employees: 1, products: 1, suppliers: 1, orders: 1 });
      const odd = { customers: 22, employees: 2, products: 5, suppliers: 3, orders: 4001 };
      for (const counts of [least, odd]) {
        const request = { url, dataset: "northwind", scale: "tiny", seed: 5, counts };
        await seed({ ...request, replace: true });
        const checks = await verify(request);
        assert.deepEqual(checks.filter(({ ok }) => !ok), []);
        assert(checks.some(({ kind }) => kind === "distribution"));
      }
    });
  });
});
