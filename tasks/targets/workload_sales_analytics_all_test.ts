import assert from "node:assert/strict";
import { parse, validate } from "graphql";
import { Client, types } from "pg";
import { makeSchema } from "postgraphile";
import { execute, hookArgs } from "postgraphile/grafast";
import { datasets } from "../seed/catalog.ts";
import { NORTHWIND, SEEDED } from "../pipeline/testing.ts";
import { preset } from "../stack/postgraphile/preset.ts";
import { withPostgres } from "../stack/testing.ts";
import { normaliseGraphql, normaliseSql } from "./normalise.ts";
import { ANSWERS, cents, type Parameters, type Row, sum, Tables } from "./testing_sales_analytics.ts";
import { loadQuestion } from "./workload.ts";

const DIR = new URL("../../queries/workloads/sales-analytics", import.meta.url).pathname;
const QUESTIONS = Object.keys(ANSWERS);

const RANGES: readonly Parameters[] = [
  { from_month: "2021-01-01", months: 60, page_size: 1000, skip: 0 },
  { from_month: "2024-03-01", months: 3, page_size: 5, skip: 0 },
  { from_month: "2025-10-01", months: 12, page_size: 2, skip: 2 },
  { from_month: "1999-01-01", months: 1, page_size: 10, skip: 0 },
];

/** The values that each question filters by, among them such as find nothing. */
const FILTERS: Readonly<Record<string, readonly Parameters[]>> = {
  "sales-overview": ["Germany", "USA", "Atlantis"].map((country) => ({ country })),
  "product-performance": [1, 4, 99].map((category_id) => ({ category_id })),
  "customer-value": [1, 3, 99].map((segment_id) => ({ segment_id })),
  "sales-rep-leaderboard": ["USA", "UK", "Atlantis"].map((country) => ({ country })),
  "supplier-profitability": [100, 35, -100].map((most_percent) => ({ most_percent })),
};

/** Questions with the column that divides revenue among what they filter by, and all that there is of that. */
const DIVIDED:
  readonly (readonly [stem: string, column: string, values: (tables: Tables) => Set<unknown>])[] = [
    ["sales-overview", "country", (tables) => new Set(tables.of("customers").map(({ country }) => country))],
    [
      "product-performance",
      "category_id",
      (tables) => new Set(tables.of("categories").map(({ category_id }) => category_id)),
    ],
    [
      "customer-value",
      "segment_id",
      (tables) => new Set(tables.of("segments").map(({ segment_id }) => segment_id)),
    ],
    [
      "sales-rep-leaderboard",
      "country",
      (tables) => new Set(tables.of("employees").map(({ country }) => country)),
    ],
    ["supplier-profitability", "most_percent", () => new Set([100])],
  ];

Deno.test("every question of sales-analytics is answered as its rows say, by SQL and by GraphQL", async (t) => {
  await withPostgres(async (_url, postgres) => {
    const url = await postgres.database(NORTHWIND);
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
      for (const stem of QUESTIONS) {
        await t.step(stem, async () => {
          const question = await loadQuestion(DIR, stem);
          const document = parse(question.statements[".graphql"]!.text);
          assert.deepEqual(validate(schema, document).map((error) => error.message), []);
          let answered = 0;
          const asked = FILTERS[stem]!.flatMap((filter) => RANGES.map((range) => ({ ...filter, ...range })));
          for (const values of asked) {
            const { rows } = await client.query(
              question.sql.text,
              question.parameters.map(({ name }) => values[name as keyof typeof values]),
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
            const { skip, page_size } = values as Readonly<Record<string, number>>;
            const answer = ANSWERS[stem]!(tables, values).slice(skip, skip! + page_size!);
            const expected = normaliseSql(answer);
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
        for (const [stem, column, values] of DIVIDED) {
          const { sql, parameters } = await loadQuestion(DIR, stem);
          let total = 0;
          for (const value of values(tables)) {
            const asked: Parameters = { ...RANGES[0], page_size: 100_000, [column]: value };
            const { rows } = await client.query(sql.text, parameters.map(({ name }) => asked[name]));
            for (const { revenue } of rows) total += cents(revenue);
          }
          assert.equal(total, all, stem);
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
  }, SEEDED);
});

/** As the measured path reads: dates stay text. */
function textDates(oid: number): (text: string) => unknown {
  return oid === 1082 ? (text) => text : types.getTypeParser(oid, "text") as (text: string) => unknown;
}
