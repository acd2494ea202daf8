import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import { withPostgres } from "../../stack/testing.ts";
import { CopyWriter } from "../copy_writer.ts";
import type { Table } from "../dataset.ts";
import { seed } from "../seed.ts";
import { FIRST_DAY, LAST_DAY, LINES, ORDERS } from "./distributions.ts";
import { customerCode } from "./keys.ts";
import { northwind } from "./northwind.ts";

const out = new CopyWriter(4 * 1024 * 1024);

const written = (table: Table, units: readonly number[]): string => {
  out.reset();
  for (const unit of units) table.write(unit, out);
  return new TextDecoder().decode(out.payload);
};

Deno.test("any part of a table can be written alone: what came before does not matter", async () => {
  const tables = await northwind.tables("tiny", 42);
  for (const table of tables) {
    const all = Array.from({ length: table.units }, (_, unit) => unit);
    const whole = written(table, all);
    assert.equal(whole.split("\n").length - 1, table.rows, table.name);
    const backwards = all.toReversed().map((unit) => written(table, [unit])).toReversed().join("");
    assert.equal(backwards, whole, table.name);
  }
  const orders = tables.find(({ name }) => name === "order_details")!;
  fc.assert(
    fc.property(fc.nat(orders.units - 1), fc.nat(orders.units - 1), (unit, other) => {
      const alone = written(orders, [unit]);
      assert.equal(written(orders, [other, unit]), written(orders, [other]) + alone);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a seed gives the same rows every time, and another seed gives others", async () => {
  const orders = async (seed: number) => {
    const table = (await northwind.tables("tiny", seed)).find(({ name }) => name === "orders")!;
    return written(table, [0, 1, 2]);
  };
  assert.equal(await orders(1), await orders(1));
  assert.notEqual(await orders(1), await orders(2));
});

Deno.test("customers' codes are five letters and all differ", () => {
  const codes = Array.from({ length: 20_000 }, (_, index) => customerCode(index));
  assert(codes.every((code) => /^[A-Z]{5}$/.test(code)));
  assert.equal(new Set(codes).size, codes.length);
});

Deno.test("the data of a real database are what they claim to be", async (t) => {
  await withPostgres(async (url) => {
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
        assert.deepEqual([of("order_dates")[0], of("order_dates").at(-1)], [FIRST_DAY, LAST_DAY]);
        assert.equal(spaces.reserved_orders!.key(5), northwind.reservedBase + 5);
        const highest = await row("SELECT max(order_id) AS id FROM northwind.orders");
        assert(highest.id < northwind.reservedBase);
      });

      await t.step("few customers order most, yet every rank orders", async () => {
        const { top, half, most } = await row(`
          WITH ranked AS (
            SELECT count(*) AS n, row_number() OVER (ORDER BY count(*) DESC) AS rank
            FROM northwind.orders GROUP BY customer_id
          )
          SELECT
            (sum(n) FILTER (WHERE rank <= ${counts.customers! / 10}) / sum(n))::float8 AS top,
            (sum(n) FILTER (WHERE rank <= ${counts.customers! / 2}) / sum(n))::float8 AS half,
            (max(n) / sum(n))::float8 AS most
          FROM ranked`);
        assert(top > 0.4 && top < 0.7, `a tenth of the customers gives ${top} of the orders`);
        assert(half > 0.8 && half < 0.95, `half of them ${half}`);
        assert(most < 0.08, `one ${most}`);
      });

      await t.step("orders follow the week, the season and the growth that are declared", async () => {
        const { weekend, december, june, first, last } = await row(`
          SELECT
            avg((extract(isodow FROM order_date) > 5)::int)::float8 AS weekend,
            sum((extract(month FROM order_date) = 12)::int)::float8 AS december,
            sum((extract(month FROM order_date) = 6)::int)::float8 AS june,
            sum((extract(year FROM order_date) = 2021)::int)::float8 AS first,
            sum((extract(year FROM order_date) = 2025)::int)::float8 AS last
          FROM northwind.orders`);
        const expected = (ORDERS.weekday[0] + ORDERS.weekday[6]) /
          ORDERS.weekday.reduce((sum, n) => sum + n, 0);
        assert(Math.abs(weekend - expected) < 0.01, `weekends have ${weekend}`);
        const swing = (1 + ORDERS.seasonSwing) / (1 - ORDERS.seasonSwing);
        assert(
          december / june > swing * 0.9 && december / june < swing * 1.2,
          `December to June ${december / june}`,
        );
        assert(last / first > 1.4 && last / first < 1.8, `2025 to 2021 ${last / first}`);
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

      await t.step("lines have plausible quantities, prices and discounts", async () => {
        const lines = await row(`
          SELECT
            count(*)::float8 / (SELECT count(*) FROM northwind.orders) AS per_order,
            avg((d.discount = 0)::int)::float8 AS undiscounted,
            max(d.discount)::float8 AS most_off,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY d.quantity) AS quantity,
            max(d.unit_price / p.unit_price)::float8 AS dearest,
            min(d.unit_price / p.unit_price)::float8 AS cheapest
          FROM northwind.order_details d JOIN northwind.products p USING (product_id)`);
        const weights = LINES.countWeights;
        const mean = weights.reduce((sum, weight, n) => sum + weight * (n + 1), 0) /
          weights.reduce((sum, weight) => sum + weight, 0);
        assert(Math.abs(lines.per_order - mean) < 0.03, `lines per order ${lines.per_order}`);
        assert(Math.abs(lines.undiscounted - LINES.discountWeights[0] / 100) < 0.02);
        assert.equal(lines.most_off, 0.25);
        assert(lines.quantity >= 15 && lines.quantity <= 21, `median quantity ${lines.quantity}`);
        assert(
          lines.dearest <= 1.01 && lines.cheapest > 0.8,
          `${lines.cheapest} to ${lines.dearest} of the list price`,
        );
      });

      await t.step("freight grows with the order, and addresses are the customer's", async () => {
        const { correlation, other } = await row(`
          SELECT corr(ln(o.freight), ln(d.total))::float8 AS correlation,
            count(*) FILTER (WHERE (o.ship_name, o.ship_address, o.ship_city, o.ship_postal_code, o.ship_country)
              IS DISTINCT FROM (c.company_name, c.address, c.city, c.postal_code, c.country))::int AS other
          FROM northwind.orders o
          JOIN northwind.customers c USING (customer_id)
          JOIN (
            SELECT order_id, sum(quantity * unit_price * (1 - discount)) AS total
            FROM northwind.order_details GROUP BY order_id
          ) d USING (order_id)`);
        assert(correlation > 0.7, `correlation ${correlation}`);
        assert.equal(other, 0);
      });

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

      await t.step("products have names of their own, and a postal code fits its country", async () => {
        const { names, products, misfits } = await row(`
          SELECT count(DISTINCT product_name)::int AS names, count(*)::int AS products,
            (SELECT count(*) FROM northwind.customers
             WHERE country = 'USA' AND postal_code !~ '^\\d{5}$'
               OR country = 'Brazil' AND postal_code !~ '^\\d{5}-\\d{3}$'
               OR country = 'Canada' AND postal_code !~ '^[A-Z]\\d[A-Z] \\d[A-Z]\\d$')::int AS misfits
          FROM northwind.products`);
        assert.equal(names, products);
        assert.equal(misfits, 0);
      });
    } finally {
      await client.end();
    }
  });
});
