import assert from "node:assert/strict";
import { parse, validate } from "graphql";
import { Client, types } from "pg";
import { makeSchema } from "postgraphile";
import { execute, hookArgs } from "postgraphile/grafast";
import { datasets } from "../seed/catalog.ts";
import { NORTHWIND, SEEDED } from "../pipeline/testing.ts";
import { withClient } from "../seed/connect.ts";
import { removeReserved } from "../seed/reserved.ts";
import { preset } from "../stack/postgraphile/preset.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { firstDifference, normaliseGraphql, normaliseSql } from "./normalise.ts";
import { loadQuestion } from "./workload.ts";

const DIR = new URL("../../queries/workloads/access-paths", import.meta.url).pathname;
const STEMS = [...Deno.readDirSync(DIR)].filter(({ name }) => name.endsWith(".graphql")).map(({ name }) =>
  name.slice(0, -8)
);

/** Parameters for each question, among them such as find nothing. */
const PARAMETERS: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  "product-by-id": [{ product_id: 1 }, { product_id: 77 }, { product_id: 78 }],
  "customer-orders": [0, 1, 17, 299].map((index) => ({
    customer_id: spaces().customers!.key(index),
    until: ["2025-12-31", "2023-06-15", "2020-01-01", "2025-12-31"][index % 4],
    page_size: 5 + index,
  })),
  "order-details": [0, 1, 1350, 2699].map((index) => ({ order_id: spaces().orders!.key(index) })),
  "product-list": [
    { category_id: 1, most: "1000", page_size: 5, skip: 0 },
    { category_id: 8, most: 22.5, page_size: 20, skip: 3 },
    { category_id: 3, most: "0.01", page_size: 5, skip: 0 },
  ],
  "sales-by-employee": [
    { from_date: "2021-01-01", to_date: "2025-12-31" },
    { from_date: "2025-03-01", to_date: "2025-05-31" },
    { from_date: "1999-01-01", to_date: "1999-12-31" },
  ],
  "order-insert": [{
    order_id: spaces().reserved_orders!.key(4711),
    customer_id: spaces().customers!.key(3),
    employee_id: 2,
    order_date: "2026-01-15",
    ship_via: 1,
    freight: "12.50",
    product_ids: [1, 5, 9],
    quantities: [3, 1, 120],
  }],
};

function spaces() {
  return datasets.northwind!.keySpaces({ customers: 300, orders: 2700 });
}

Deno.test("every question of access-paths gets the same answer by SQL and by GraphQL", async (t) => {
  await withPostgres(async (_url, postgres) => {
    const url = await postgres.database(NORTHWIND);
    const before = await lookAtPostgres(url);
    const config = preset(["northwind"], url);
    const { schema, resolvedPreset } = await makeSchema(config);
    const undo = () => withClient(url, (client) => removeReserved(client, datasets.northwind!, () => true));
    const client = new Client({ connectionString: url, types: { getTypeParser: textDates } });
    await client.connect();
    try {
      for (const stem of STEMS) {
        await t.step(stem, async () => {
          const question = await loadQuestion(DIR, stem);
          const document = parse(question.statements[".graphql"]!.text);
          assert.deepEqual(validate(schema, document).map((error) => error.message), []);
          assert(PARAMETERS[stem] !== undefined, "it has no parameters in this test");
          let answered = 0;
          for (const values of PARAMETERS[stem]) {
            const { rows } = await client.query(
              question.sql.text,
              question.parameters.map(({ name }) => values[name]),
            );
            // Both write with the same key, one after the other.
            if (question.statements[".graphql"]!.kind === "mutation") await undo();
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
            const sql = normaliseSql(rows);
            const graphql = normaliseGraphql(response.data, question.statements[".graphql"]!.shape);
            assert.equal(firstDifference(sql, graphql), null);
            assert.deepEqual(sql, graphql);
            answered += sql.length;
          }
          assert(answered > 0, "no parameters found anything");
        });
      }
      await t.step("what was written is undone, and the rest untouched", async () => {
        assert.deepEqual(await undo(), { "northwind.order_details": 3, "northwind.orders": 1 });
        assert.deepEqual(await undo(), {});
        const sessions = /: (session|lock) /;
        assertAsFound(before, await lookAtPostgres(url), {
          except: [sessions, /: maintenance of table northwind\./],
        });
      });
    } finally {
      await client.end();
      await config.pgServices?.[0]?.release?.();
    }
  }, SEEDED);
});

/** As the measured path reads: dates stay text. */
function textDates(oid: number): (text: string) => unknown {
  return oid === 1082 ? (text) => text : types.getTypeParser(oid, "text") as (text: string) => unknown;
}
