import assert from "node:assert/strict";
import { parse, validate } from "graphql";
import { Client, types } from "pg";
import { makeSchema } from "postgraphile";
import { execute, hookArgs } from "postgraphile/grafast";
import { datasets } from "../seed/catalog.ts";
import { seed } from "../seed/seed.ts";
import { preset } from "../stack/postgraphile/preset.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { normaliseGraphql, normaliseSql } from "./normalise.ts";
import { ANSWERS, cents, type Parameters, type Row, sum, Tables } from "./testing_sales_analytics.ts";
import { loadQuestion } from "./workload.ts";

const DIR = new URL("../../queries/workloads/sales-analytics", import.meta.url).pathname;
const STEMS = [...Deno.readDirSync(DIR)].filter(({ name }) => name.endsWith(".sql")).map(({ name }) =>
  name.slice(0, -4)
).sort();

const RANGES: readonly Parameters[] = [
  { from_date: "2021-01-01", to_date: "2025-12-31" },
  { from_date: "2024-02-11", to_date: "2024-05-03" },
  { from_date: "1999-01-01", to_date: "1999-12-31" },
];

/** Parameters for each question, among them such as find nothing. */
const PARAMETERS: Readonly<Record<string, readonly Parameters[]>> = {
  "revenue-by-month": RANGES,
  "product-performance": RANGES.map((range, n) => ({ ...range, page_size: 10 + 90 * n })),
  "customer-segmentation": RANGES,
  "customer-lifetime-value": [
    { country: "Germany", until: "2025-12-31", page_size: 10 },
    { country: "USA", until: "2021-03-31", page_size: 100 },
    { country: "Atlantis", until: "2025-12-31", page_size: 10 },
  ],
  "sales-rep-leaderboard": [{ quarter: "2025-10-01" }, { quarter: "2021-01-01" }, { quarter: "1999-01-01" }],
  "profitability-by-category": RANGES,
};

Deno.test("every question of sales-analytics is answered as its rows say, by SQL and by GraphQL", async (t) => {
  assert.deepEqual(STEMS, Object.keys(ANSWERS).sort());
  await withDatabase(async (url) => {
    await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
    const { schemas, tableSchemas } = datasets.northwind!;
    const config = preset([...schemas], url);
    const { schema, resolvedPreset } = await makeSchema(config);
    const client = new Client({ connectionString: url, types: { getTypeParser: textDates } });
    const plain = new Client({
      connectionString: url,
      types: { getTypeParser: () => (text: string) => text },
    });
    await Promise.all([client.connect(), plain.connect()]);
    try {
      const rows: Record<string, readonly Row[]> = {};
      for (const [table, schemaName] of Object.entries(tableSchemas)) {
        rows[table] = (await plain.query(`SELECT * FROM ${schemaName}.${table} ORDER BY 1`)).rows;
      }
      const tables = new Tables(rows);
      for (const stem of STEMS) {
        await t.step(stem, async () => {
          const question = await loadQuestion(DIR, stem);
          const document = parse(question.statements[".graphql"]!.text);
          assert.deepEqual(validate(schema, document).map((error) => error.message), []);
          let answered = 0;
          for (const values of PARAMETERS[stem]!) {
            const { rows } = await client.query(
              question.sql.text,
              question.parameters.map(({ name }) => values[name]),
            );
            const sql = normaliseSql(rows);
            const args = await hookArgs({
              schema,
              document,
              variableValues: values,
              resolvedPreset,
              requestContext: {},
            });
            // deno-lint-ignore no-explicit-any -- the result may be a stream; these documents do not ask for one
            const response = JSON.parse(JSON.stringify(await execute(args) as any));
            assert.equal(response.errors, undefined, JSON.stringify(response.errors));
            const expected = normaliseSql(ANSWERS[stem]!(tables, values));
            assert.deepEqual(sql, expected);
            assert.deepEqual(
              normaliseGraphql(response.data, question.statements[".graphql"]!.shape),
              expected,
            );
            answered += sql.length;
          }
          assert(answered > 0, "no parameters found anything");
        });
      }

      await t.step("sums agree: whichever way revenue is divided, it is all of it", async () => {
        const all = sum(tables.lines, "revenue");
        const parameters = { ...RANGES[0], page_size: 1000 };
        for (
          const stem of [
            "revenue-by-month",
            "product-performance",
            "customer-segmentation",
            "profitability-by-category",
          ]
        ) {
          const { sql, parameters: declared } = await loadQuestion(DIR, stem);
          const { rows } = await client.query(
            sql.text,
            declared.map(({ name }) => parameters[name as keyof typeof parameters]),
          );
          assert.equal(rows.reduce((total, { revenue }) => total + cents(revenue), 0), all, stem);
        }
      });

      await t.step(
        "an order after the last year with costs has revenue, and no profit that is made up",
        async () => {
          await client.query("BEGIN");
          await client.query(
            `SELECT northwind.place_order(1000000000, min(customer_id), 1, '2030-01-01', 1, 1, '{1,2}', '{3,4}')
           FROM northwind.customers`,
          );
          const { rows } = await client.query(
            `SELECT sum(revenue) > 0 AS revenue, sum(profit) AS profit
           FROM northwind_sales.order_lines WHERE order_id = 1000000000`,
          );
          await client.query("ROLLBACK");
          assert.deepEqual(rows, [{ revenue: true, profit: null }]);
        },
      );
    } finally {
      await Promise.all([client.end(), plain.end()]);
      await config.pgServices?.[0]?.release?.();
    }
  });
});

/** As the measured path reads: dates stay text. */
function textDates(oid: number): (text: string) => unknown {
  return oid === 1082 ? (text) => text : types.getTypeParser(oid, "text") as (text: string) => unknown;
}
