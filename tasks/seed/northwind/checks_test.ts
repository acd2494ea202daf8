import assert from "node:assert/strict";
import { Client } from "pg";
import { counter } from "../../random/counter.ts";
import { zipf } from "../../random/zipf.ts";
import { withDatabase } from "../../stack/testing_shared.ts";
import type { DistributionCheck, Shape } from "../dataset.ts";
import { seed } from "../seed.ts";
import { schemaSql } from "../sql.ts";
import { verify } from "../verify.ts";
import { DECLARED } from "./distributions.ts";
import { northwind } from "./northwind.ts";
import { range, shapeOf, tablesOf } from "./testing.ts";
import { luckyTopShare, topDraws, zipfRanks } from "./top_share.ts";

type Found = Readonly<Record<string, number | string | null>>;

/** The checks that what was found does not pass. */
function failed(found: Found, checks: Readonly<Record<string, DistributionCheck>>): string[] {
  return Object.entries(checks).flatMap(([column, { expected, tolerance }]) => {
    const value = found[column] ?? null;
    const off = value === null ? Infinity : Math.abs(Number(value) - expected);
    return off <= tolerance ? [] : [`${column}: ${value}, not ${expected} ± ${tolerance}`];
  });
}

async function rowsOfTables(shape: Shape): Promise<Record<string, number>> {
  return Object.fromEntries(Object.values(await tablesOf(shape)).map(({ name, rows }) => [name, rows]));
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

Deno.test("tolerances follow the sample: they narrow with the rows and never vanish", async () => {
  const tolerances = async (scale: string) => {
    const shape = shapeOf(scale, 1);
    return northwind.checks(shape, await rowsOfTables(shape));
  };
  const [tiny, medium] = [await tolerances("tiny"), await tolerances("medium")];
  for (const [column, { tolerance, expected }] of Object.entries(medium)) {
    assert(tolerance > 0 && tolerance < tiny[column]!.tolerance, column);
    assert(tolerance < 0.5 * Math.abs(expected), `${column}: ${expected} ± ${tolerance} says nothing`);
  }
});

Deno.test("the extremes of every distribution can be checked", async () => {
  const usual: Record<string, number> = {};
  const least = { customers: 1, employees: 1, products: 1, suppliers: 1, orders: 1 };
  for (const end of ["min", "max"] as const) {
    const extremes = Object.fromEntries(
      Object.entries(DECLARED).map(([name, declared]) => [
        name,
        declared.kind === "number" ? declared[end] : declared.default.map((_, n) => n === 0 ? 1 : 0),
      ]),
    );
    for (const counts of [usual, least]) {
      const shape = shapeOf("tiny", 3, counts, extremes);
      const checks = northwind.checks(shape, await rowsOfTables(shape));
      for (const [column, { expected, tolerance }] of Object.entries(checks)) {
        assert(Number.isFinite(expected) && tolerance > 0 && Number.isFinite(tolerance), `${column}, ${end}`);
      }
    }
  }
});

Deno.test("the share of the luckiest ranks is what drawing finds", () => {
  const random = counter(1, "lucky");
  for (const [n, skew, draws] of [[100, 0.8, 1_000], [300, 0, 3_000], [20, 1.2, 200]] as const) {
    const most = n / 10;
    const ranks = zipf(n, skew);
    const shares = range(60).map((round) => {
      const counts = new Int32Array(n);
      for (let draw = 0; draw < draws; draw++) counts[ranks.sample(random, round * draws + draw, n)]!++;
      return counts.toSorted((a, b) => b - a).slice(0, most).reduce((sum, count) => sum + count) / draws;
    });
    const expected = luckyTopShare(zipfRanks(n, skew, most), draws);
    const found = shares.reduce((sum, share) => sum + share) / shares.length;
    // Within the error of 60 rounds and half an error of one, which the checks' five leave room for.
    const error = Math.sqrt(expected * (1 - expected) / draws);
    assert(Math.abs(found - expected) < error * (5 / Math.sqrt(60) + 0.5), `${n}: ${found}, not ${expected}`);
  }
});

Deno.test("the top ranks among draws without replacement are what enumeration finds", () => {
  // All ordered draws of up to three from five ranks, the first of them the top.
  const weights = range(5).map((rank) => Math.pow(rank + 1, -1.2));
  const total = weights.reduce((sum, weight) => sum + weight);
  const enumerate = (size: number, taken: readonly number[], probability: number): number => {
    if (taken.length === size) return taken.includes(0) ? probability : 0;
    const left = total - taken.reduce((sum, rank) => sum + weights[rank]!, 0);
    return range(5).filter((rank) => !taken.includes(rank)).reduce(
      (sum, rank) => sum + enumerate(size, [...taken, rank], probability * weights[rank]! / left),
      0,
    );
  };
  const drawn = topDraws(zipfRanks(5, 1.2, 1), 3);
  for (const size of [1, 2, 3]) {
    assert(Math.abs(drawn[size - 1]! - enumerate(size, [], 1)) < 2e-4, `${size}: ${drawn[size - 1]}`);
  }
});
