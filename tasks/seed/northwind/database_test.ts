import assert from "node:assert/strict";
import { Client } from "pg";
import { withDatabase } from "../../stack/testing_shared.ts";
import { seed } from "../seed.ts";
import { FIRST_DAY, LAST_DAY } from "./distributions.ts";
import { northwind } from "./northwind.ts";

Deno.test("the data of a real database are what they claim to be", async (t) => {
  await withDatabase(async (url) => {
    const { counts } = await seed({ url, dataset: "northwind", scale: "small", seed: 7 });
    const client = new Client({ connectionString: url });
    await client.connect();
    const row = async (sql: string) => (await client.query(sql)).rows[0];
    try {
      await t.step("key spaces name exactly the keys that are there, oldest orders first", async () => {
        const spaces = northwind.keySpaces(counts);
        const keys = async (sql: string) => (await client.query({ text: sql, rowMode: "array" })).rows.flat();
        const of = (name: string) =>
          Array.from({ length: spaces[name]!.count }, (_, index) => spaces[name]!.key(index));
        const columns = {
          customers: "customer_id",
          products: "product_id",
          employees: "employee_id",
          categories: "category_id",
          suppliers: "supplier_id",
          shippers: "shipper_id",
        };
        for (const [table, column] of Object.entries(columns)) {
          const found = await keys(`SELECT ${column} FROM northwind.${table}`);
          assert.deepEqual(of(table).toSorted(), found.toSorted(), table);
        }
        assert.deepEqual(
          of("orders"),
          await keys("SELECT order_id FROM northwind.orders ORDER BY order_date, order_id"),
        );
        assert.deepEqual(
          of("countries").toSorted(),
          (await keys("SELECT DISTINCT country FROM northwind.customers")).toSorted(),
        );
        assert.deepEqual(
          of("segments"),
          await keys("SELECT segment_id FROM northwind_sales.segments ORDER BY 1"),
        );
        assert.deepEqual(
          of("quarters"),
          await keys("SELECT DISTINCT quarter::text FROM northwind_sales.sales_targets ORDER BY 1"),
        );
        assert.deepEqual([of("order_dates")[0], of("order_dates").at(-1)], [FIRST_DAY, LAST_DAY]);
        assert.equal(spaces.reserved_orders!.key(5), northwind.reservedBase + 5);
        assert.equal(spaces.reserved_names!.key(5), `client ${northwind.reservedBase + 5}`);
        const highest = await row("SELECT max(order_id) AS id FROM northwind.orders");
        assert(highest.id < northwind.reservedBase);
      });

      await t.step("few customers order most, yet every rank orders", async () => {
        const { half, most } = await row(`
          WITH ranked AS (
            SELECT count(*) AS n, row_number() OVER (ORDER BY count(*) DESC) AS rank
            FROM northwind.orders GROUP BY customer_id
          )
          SELECT
            (sum(n) FILTER (WHERE rank <= ${counts.customers! / 2}) / sum(n))::float8 AS half,
            (max(n) / sum(n))::float8 AS most
          FROM ranked`);
        assert(half > 0.8 && half < 0.95, `half of them ${half}`);
        assert(most < 0.08, `one ${most}`);
      });

      await t.step("dates are in order, and what is not shipped yet is recent", async () => {
        assert.deepEqual(
          await row(`
            SELECT
              count(*) FILTER (WHERE shipped_date <= order_date)::int AS shipped_before,
              count(*) FILTER (WHERE order_date NOT BETWEEN '${FIRST_DAY}' AND '${LAST_DAY}')::int AS outside,
              count(*) FILTER (WHERE shipped_date > '${LAST_DAY}')::int AS shipped_later,
              count(*) FILTER (WHERE shipped_date IS NULL AND order_date < date '${LAST_DAY}' - 61)::int AS forgotten,
              count(*) FILTER (WHERE shipped_date IS NULL) BETWEEN 20 AND 500 AS some_on_their_way,
              avg((shipped_date > required_date)::int)::float8 BETWEEN 0.001 AND 0.1 AS some_late
            FROM northwind.orders`),
          {
            shipped_before: 0,
            outside: 0,
            shipped_later: 0,
            forgotten: 0,
            some_on_their_way: true,
            some_late: true,
          },
        );
      });

      await t.step(
        "lines have plausible prices and discounts, and freight grows with the order",
        async () => {
          const lines = await row(`
          SELECT
            max(d.discount)::float8 AS most_off,
            max(d.unit_price / p.unit_price)::float8 AS dearest,
            min(d.unit_price / p.unit_price)::float8 AS cheapest
          FROM northwind.order_details d JOIN northwind.products p USING (product_id)`);
          assert.equal(lines.most_off, 0.25);
          assert(
            lines.dearest <= 1.01 && lines.cheapest > 0.8,
            `${lines.cheapest} to ${lines.dearest} of the list price`,
          );
          const { correlation } = await row(`
          SELECT corr(ln(o.freight), ln(d.total))::float8 AS correlation
          FROM northwind.orders o
          JOIN (
            SELECT order_id, sum(quantity * unit_price * (1 - discount)) AS total
            FROM northwind.order_details GROUP BY order_id
          ) d USING (order_id)`);
          assert(correlation > 0.7, `correlation ${correlation}`);
        },
      );

      await t.step("employees form one tree below the vice president", async () => {
        assert.deepEqual(
          await row(`
            WITH RECURSIVE tree AS (
              SELECT employee_id, 0 AS depth FROM northwind.employees WHERE reports_to IS NULL
              UNION ALL
              SELECT e.employee_id, depth + 1 FROM northwind.employees e JOIN tree t ON e.reports_to = t.employee_id
            )
            SELECT count(*)::int AS n, max(depth) AS depth, count(*) FILTER (WHERE depth = 0)::int AS heads FROM tree`),
          { n: counts.employees, depth: 2, heads: 1 },
        );
      });

      await t.step("a postal code fits its country", async () => {
        const { misfits } = await row(`
          SELECT count(*)::int AS misfits FROM northwind.customers
          WHERE country = 'USA' AND postal_code !~ '^\\d{5}$'
            OR country = 'Brazil' AND postal_code !~ '^\\d{5}-\\d{3}$'
            OR country = 'Canada' AND postal_code !~ '^[A-Z]\\d[A-Z] \\d[A-Z]\\d$'`);
        assert.equal(misfits, 0);
      });

      await t.step("costs leave a margin, and segments are of customers who order so much", async () => {
        const { dearest, years, falling } = await row(`
          SELECT max(c.unit_cost / p.unit_price)::float8 AS dearest, count(DISTINCT c.year)::int AS years,
            count(*) FILTER (WHERE c.unit_cost > n.unit_cost)::int AS falling
          FROM northwind_sales.product_costs c
          JOIN northwind.products p USING (product_id)
          LEFT JOIN northwind_sales.product_costs n ON n.product_id = c.product_id AND n.year = c.year + 1`);
        assert(dearest < 0.9, `a cost of ${dearest} of the price`);
        assert.deepEqual({ years, falling }, { years: 5, falling: 0 });
        const { rows: segments } = await client.query(`
          SELECT (count(o.order_id)::float8 / count(DISTINCT s.customer_id)) AS orders
          FROM northwind_sales.customer_segments s LEFT JOIN northwind.orders o USING (customer_id)
          GROUP BY s.segment_id ORDER BY s.segment_id`);
        const means = segments.map(({ orders }) => orders);
        assert.deepEqual(means, means.toSorted((a, b) => b - a));
        assert(means[0] > 5 * means[3], `${means}`);
      });

      await t.step("targets are about what is sold", async () => {
        const { attained } = await row(`
          SELECT (SELECT sum(revenue) FROM northwind_sales.order_lines)
            / (SELECT sum(amount) FROM northwind_sales.sales_targets) AS attained`);
        assert(attained > 0.85 && attained < 1.05, `${attained} of them`);
      });
    } finally {
      await client.end();
    }
  });
});
