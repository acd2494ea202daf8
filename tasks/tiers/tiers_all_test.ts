import assert from "node:assert/strict";
import { resolve } from "node:path";
import { Client } from "pg";
import { ServiceError } from "../model/errors.ts";
import { eventually } from "../net/testing.ts";
import { paths } from "../paths/registry.ts";
import type { Tier } from "../paths/tier.ts";
import { upkeepOf } from "../model/tier_settings.ts";
import { aggregateTier, matviewTier } from "../paths/tier.ts";
import { seed } from "../seed/seed.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { firstDifference, normaliseSql } from "../targets/normalise.ts";
import { loadQuestion, type Question } from "../targets/workload.ts";
import { installTier, refuseUnreadable } from "./install_tier.ts";
import type { PlacedTier } from "./placed_tier.ts";
import { tierSql } from "./tier_sql.ts";
import { bringUpToDate } from "./up_to_date.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const RUN_ID = "20260301-101010-ab12";
const SIGNAL = new AbortController().signal;
const tiers = [...new Set(paths.flatMap(({ tier }) => tier ?? []))];

/** Whole months, of which some have no orders, and pages of the answers. */
const RANGES = [
  { from_month: "2021-01-01", months: 72, page_size: 1000, skip: 0 },
  { from_month: "2025-10-01", months: 3, page_size: 5, skip: 0 },
  { from_month: "2025-12-01", months: 1, page_size: 10, skip: 2 },
  { from_month: "1999-01-01", months: 1, page_size: 10, skip: 0 },
];
/** The values that each question filters by, among them such as find nothing. */
const FILTERS: Readonly<Record<string, readonly Readonly<Record<string, string | number>>[]>> = {
  "sales-overview": ["Germany", "USA", "Atlantis"].map((country) => ({ country })),
  "product-performance": [1, 4, 99].map((category_id) => ({ category_id })),
  "customer-value": [1, 3, 99].map((segment_id) => ({ segment_id })),
  "sales-rep-leaderboard": ["USA", "UK", "Atlantis"].map((country) => ({ country })),
  "supplier-profitability": [100, 35, -100].map((most_percent) => ({ most_percent })),
};

/** Orders that come, change hands and months, are shipped, lose lines and go; a year without costs among them. */
const WRITES = [
  `SELECT northwind.place_order(1000000000 + n, c.customer_id, 1 + n % 5, '2025-12-31'::date - 20 * n, 1, 1, '{1,2,3}', '{3,4,5}')
   FROM (SELECT customer_id, row_number() OVER (ORDER BY customer_id)::integer AS n FROM northwind.customers) c WHERE n <= 40`,
  `SELECT northwind.place_order(1000000100, min(customer_id), 1, '2026-03-31', 1, 1, '{1,2}', '{3,4}') FROM northwind.customers`,
  "UPDATE northwind.orders SET shipped_date = '2026-01-02' WHERE order_id BETWEEN 1000000001 AND 1000000020",
  "UPDATE northwind.orders SET shipped_date = NULL WHERE order_id IN (10248, 10249, 10250)",
  "UPDATE northwind.orders SET order_date = order_date - 45, employee_id = 2 WHERE order_id = 1000000003",
  "UPDATE northwind.orders SET customer_id = (SELECT max(customer_id) FROM northwind.customers) WHERE order_id = 1000000004",
  "UPDATE northwind.order_details SET quantity = quantity + 7, discount = 0.25 WHERE order_id = 1000000005 AND product_id = 2",
  "DELETE FROM northwind.order_details WHERE order_id = 1000000006 AND product_id = 1",
  "DELETE FROM northwind.order_details WHERE order_id = 1000000007",
  "DELETE FROM northwind.order_details WHERE order_id BETWEEN 10300 AND 10310",
  "DELETE FROM northwind.orders WHERE order_id BETWEEN 10300 AND 10310",
  "INSERT INTO northwind.order_details VALUES (1000000007, 5, 2.5, 3, 0.1), (1000000008, 7, 9.99, 1, 0)",
];

/** Further writes, of other orders. */
const AGAIN = [
  `SELECT northwind.place_order(1000000300 + n, max(customer_id), 2, '2025-10-01'::date + n, 1, 1, '{4,5}', '{1,2}')
   FROM northwind.customers, generate_series(1, 20) n GROUP BY n`,
  "UPDATE northwind.orders SET shipped_date = '2026-01-03' WHERE order_id = 1000000301",
  "DELETE FROM northwind.order_details WHERE order_id = 1000000302",
];

/** All tiers in one database, and what they and the tables answer. */
async function withTiers(
  use: (
    client: Client,
    placed: readonly PlacedTier[],
    ask: (tier: Tier | null) => Promise<Answers>,
  ) => Promise<void>,
): Promise<void> {
  const suffixes = tiers.map(({ name }): `${string}.sql` => `.${name}.sql`);
  const dir = resolve(ROOT, "queries/workloads/sales-analytics");
  const questions = await Promise.all(Object.keys(FILTERS).map((stem) => loadQuestion(dir, stem, suffixes)));
  await withDatabase(async (url) => {
    await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
    for (const tier of tiers) {
      await installTier(tier, {
        root: ROOT,
        url,
        runId: RUN_ID,
        seed: 1,
        upkeep: null,
        signal: SIGNAL,
        onStatement() {},
      });
    }
    const client = new Client({
      connectionString: url,
      types: { getTypeParser: () => (text: string) => text },
    });
    await client.connect();
    try {
      const placed = tiers.map((tier) => ({ tier, arms: [tier.name], url, upkeep: upkeepOf(tier.name, {}) }));
      await use(
        client,
        placed,
        (tier) => answersOf(client, questions, tier === null ? ".sql" : `.${tier.name}.sql`),
      );
    } finally {
      await client.end();
    }
  });
}

type Answers = readonly (readonly [asked: string, answer: ReturnType<typeof normaliseSql>])[];

async function answersOf(
  client: Client,
  questions: readonly Question[],
  suffix: `${string}.sql`,
): Promise<Answers> {
  const answers: [string, ReturnType<typeof normaliseSql>][] = [];
  for (const { name, statements } of questions) {
    const { text, parameters } = statements[suffix]!;
    for (const filter of FILTERS[name]!) {
      for (const range of RANGES) {
        const values: Record<string, string | number> = { ...filter, ...range };
        const { rows } = await client.query(text, parameters.map((parameter) => values[parameter.name]));
        answers.push([`${name} ${JSON.stringify(values)}`, normaliseSql(rows)]);
      }
    }
  }
  return answers;
}

function assertEqual(found: Answers, expected: Answers): void {
  for (const [at, [asked, answer]] of expected.entries()) {
    assert.equal(firstDifference(answer, found[at]![1]), null, asked);
  }
  assert.ok(expected.filter(([, answer]) => answer.length > 0).length > 20);
}

Deno.test("tiers answer as the tables do, before writes and when they have followed them", async (t) => {
  await withTiers(async (client, placed, ask) => {
    const before = await ask(null);
    for (const tier of tiers) {
      await t.step(`${tier.name}: before writes`, async () => assertEqual(await ask(tier), before));
    }
    for (const write of WRITES) await client.query(write);
    await t.step("matview: what was written since the last refresh is not in its answers", async () => {
      assertEqual(await ask(matviewTier), before);
    });
    await bringUpToDate(placed, { runId: RUN_ID, signal: SIGNAL });
    // In the place of the tables' own lines the migration of this tier puts a view that is kept as well.
    await client.query("REFRESH MATERIALIZED VIEW northwind_sales.order_lines");
    const after = await ask(null);
    assert.notDeepEqual(after, before);
    for (const tier of tiers) {
      await t.step(`${tier.name}: after writes`, async () => assertEqual(await ask(tier), after));
    }

    await t.step(
      "aggregate: a write waits for another session's that adds to the same row, and both count",
      async () => {
        const [one, other] = await Promise.all([connected(placed[0]!.url), connected(placed[0]!.url)]);
        const order = (id: number) =>
          `SELECT northwind.place_order(${id}, min(customer_id), 1, '2025-11-30', 1, 1, '{1,2}', '{3,4}') FROM northwind.customers`;
        try {
          await one.query("BEGIN");
          await one.query(order(1000000200));
          const waiting = other.query(order(1000000201));
          const { rows: [{ pid }] } = await one.query("SELECT pg_backend_pid() AS pid");
          const blocked =
            "SELECT count(*)::int AS n FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))";
          await eventually(async () => (await client.query(blocked, [pid])).rows[0].n === "1");
          await one.query("COMMIT");
          await waiting;
        } finally {
          await Promise.all([one.end(), other.end()]);
        }
        await client.query("REFRESH MATERIALIZED VIEW northwind_sales.order_lines");
        assertEqual(await ask(aggregateTier), await ask(null));
      },
    );
    await t.step(
      "aggregate: of a batch's totals those are missing that were written since the last one",
      async () => {
        const before = await ask(aggregateTier);
        const batched = placed.map((each) =>
          each.tier === aggregateTier
            ? { ...each, upkeep: upkeepOf("aggregate", { aggregate: "batch" }) }
            : each
        );
        await client.query(tierSql("aggregate/batch.sql"));
        for (const write of AGAIN) await client.query(write);
        // The dates beside a customer's sums are the orders' own, which are newer already.
        const sums = (answers: Answers) => answers.filter(([asked]) => !asked.startsWith("customer-value"));
        assertEqual(sums(await ask(aggregateTier)), sums(before));
        await bringUpToDate(batched, { runId: RUN_ID, signal: SIGNAL });
        await client.query("REFRESH MATERIALIZED VIEW northwind_sales.order_lines");
        const after = await ask(null);
        assert.notDeepEqual(after, before);
        for (const tier of tiers) assertEqual(await ask(tier), after);
      },
    );
    await t.step("a view that is not populated, or is not there, is refused with what to do", async () => {
      const { url } = placed[0]!;
      const refused = (said: RegExp, next: RegExp) =>
        assert.rejects(refuseUnreadable(matviewTier, url, SIGNAL), (error) => {
          assert.ok(error instanceof ServiceError);
          assert.match(error.message, said);
          assert.match(error.next!, next);
          return true;
        });
      await refuseUnreadable(matviewTier, url, SIGNAL);
      await client.query("REFRESH MATERIALIZED VIEW northwind_sales.sales_months WITH NO DATA");
      await refused(
        /path matview: northwind_sales.sales_months was never populated/,
        /Make it WITH DATA in .*add-matview/,
      );
      await client.query("DROP MATERIALIZED VIEW northwind_sales.sales_months");
      await refused(
        /there is no northwind_sales.sales_months after the safe steps of add-matview/,
        /Make it there/,
      );
    });
  });
});

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
