import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_UNIT_BYTES } from "../copy_writer.ts";
import { primaryKeys } from "../ddl.ts";
import { schemaSql } from "../sql.ts";
import { DECLARED, FIRST_DAY, LAST_DAY, type NorthwindShape } from "./distributions.ts";
import { customerCode } from "./keys.ts";
import { northwind } from "./northwind.ts";
import { productNames } from "./products.ts";
import { range, rowsOf, shapeOf, tablesOf, written } from "./testing.ts";

const SCALES = Object.keys(northwind.scales);

/** Made once: preparing the full scale takes most of a second. */
let full: ReturnType<typeof tablesOf> | undefined;
const fullTables = () => full ??= tablesOf(shapeOf("full", 42));

Deno.test("any part of a table can be written alone: what came before does not matter", async () => {
  const tables = await tablesOf(shapeOf("tiny", 42));
  for (const table of Object.values(tables)) {
    const all = range(table.units);
    const whole = written(table, all);
    assert.equal(whole.split("\n").length - 1, table.rows, table.name);
    const backwards = all.toReversed().map((unit) => written(table, [unit])).toReversed().join("");
    assert.equal(backwards, whole, table.name);
  }
  const lines = tables.order_details!;
  fc.assert(
    fc.property(fc.nat(lines.units - 1), fc.nat(lines.units - 1), (unit, other) => {
      const alone = written(lines, [unit]);
      assert.equal(written(lines, [other, unit]), written(lines, [other]) + alone);
      // The table of orders draws the same lines for itself, in between.
      written(tables.orders!, [other]);
      assert.equal(written(lines, [unit]), alone);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a seed gives the same rows every time, and another seed gives others", async () => {
  const orders = async (seed: number) => written((await tablesOf(shapeOf("tiny", seed))).orders!, [0, 1, 2]);
  assert.equal(await orders(1), await orders(1));
  assert.notEqual(await orders(1), await orders(2));
});

Deno.test("tables come parents first under the names, schemas and columns that tables.sql declares", async () => {
  const sql = schemaSql("northwind/tables.sql");
  const tables = Object.values(await tablesOf(shapeOf("tiny", 1)));
  assert.deepEqual(
    tables.map(({ name, relation }) => [name, relation]),
    Object.entries(northwind.tableSchemas).map(([table, schema]) => [table, `${schema}.${table}`]),
  );
  assert.deepEqual(Object.keys(northwind.rowBytes).toSorted(), tables.map(({ name }) => name).toSorted());
  for (const { relation, columns } of tables) assert.deepEqual(declaredColumns(sql, relation).names, columns);
});

Deno.test("every scale has the rows that its name promises", async () => {
  const about = { tiny: 1e4, small: 1e5, medium: 1e6 };
  for (const scale of SCALES) {
    const { counts } = shapeOf(scale, 42);
    for (const [option, { min, max }] of Object.entries(northwind.countOptions)) {
      assert(counts[option]! >= min && counts[option]! <= max, `${scale} ${option}`);
    }
    const rows = Object.fromEntries(
      Object.values(await tablesOf(shapeOf(scale, 42))).map((t) => [t.name, t.rows]),
    );
    const all = Object.values(rows).reduce((sum, count) => sum + count);
    if (scale in about) {
      const ratio = all / about[scale as keyof typeof about];
      assert(ratio > 0.9 && ratio < 1.2, `${scale} has ${all} rows`);
    }
    const perOrder = rows.order_details! / rows.orders!;
    assert(perOrder > 2.5 && perOrder < 2.7, `${scale} has ${perOrder} lines an order`);
  }
  const { customers, products, orders } = northwind.scales.full!;
  assert.deepEqual({ customers, products, orders }, {
    customers: 100_000,
    products: 10_000,
    orders: 5_000_000,
  });
});

Deno.test("rows of the full scale fit their columns and refer to rows that exist", async () => {
  const shape = shapeOf("full", 42);
  const tables = await fullTables();
  const sql = schemaSql("northwind/tables.sql");
  for (const table of Object.values(tables)) {
    // Both ends, and what lies between.
    const units = new Set(range(200).map((n) => Math.floor(n * (table.units - 1) / 199)));
    const { lengths, notNull } = declaredColumns(sql, table.relation);
    for (const unit of units) assert(written(table, [unit]).length < MAX_UNIT_BYTES / 4, table.name);
    for (const row of rowsOf(table, units)) {
      for (const [column, longest] of Object.entries(lengths)) {
        assert(
          row[column] === "\\N" || row[column]!.length <= longest,
          `${table.name}.${column}: ${row[column]}`,
        );
      }
      for (const column of notNull) assert.notEqual(row[column], "\\N", `${table.name}.${column}`);
    }
  }
  const { customers, employees, products, orders } = northwind.keySpaces(
    Object.fromEntries(Object.values(tables).map(({ name, rows }) => [name, rows])),
  );
  const codes = new Set(range(customers!.count).map((index) => customers!.key(index)));
  const sampled = range(2000).map((n) => Math.floor(n * (shape.counts.orders! - 1) / 1999));
  let before = FIRST_DAY;
  for (const [n, row] of rowsOf(tables.orders!, sampled).entries()) {
    assert.equal(Number(row.order_id), orders!.key(sampled[n]!));
    assert(Number(row.order_id) < northwind.reservedBase);
    assert(codes.has(row.customer_id!));
    assert(Number(row.employee_id) >= 1 && Number(row.employee_id) <= employees!.count);
    assert(row.order_date! >= before && row.order_date! <= LAST_DAY, "orders are numbered by their dates");
    before = row.order_date!;
  }
  for (const row of rowsOf(tables.order_details!, sampled)) {
    assert(Number(row.product_id) >= 1 && Number(row.product_id) <= products!.count);
  }
});

Deno.test("an order names the product once and the customer's own address", async () => {
  const { orders, order_details: lines, customers } = await tablesOf(shapeOf("small", 3));
  const byCode = new Map(rowsOf(customers!, range(customers!.units)).map((row) => [row.customer_id, row]));
  for (const row of rowsOf(orders!, range(3000))) {
    const customer = byCode.get(row.customer_id)!;
    assert.deepEqual(
      [
        row.ship_name,
        row.ship_address,
        row.ship_city,
        row.ship_region,
        row.ship_postal_code,
        row.ship_country,
      ],
      [
        customer.company_name,
        customer.address,
        customer.city,
        customer.region,
        customer.postal_code,
        customer.country,
      ],
    );
  }
  const [order, product] = (await primaryKeys("northwind")).order_details!;
  const keys = rowsOf(lines!, range(lines!.units)).map((row) => `${row[order!]} ${row[product!]}`);
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("customers' codes are five letters and all differ", () => {
  const { max } = northwind.countOptions.customers!;
  const codes = [...range(20_000), ...range(20_000).map((index) => max - 1 - index)].map(customerCode);
  assert(codes.every((code) => /^[A-Z]{5}$/.test(code)));
  assert.equal(new Set(codes).size, codes.length);
});

Deno.test("as many products as may be asked for have names of their own that fit their column", () => {
  const nameOf = productNames(42);
  const names = range(northwind.countOptions.products!.max).map(nameOf);
  assert.equal(new Set(names).size, names.length);
  assert(names.every((name) => name.length <= 40));
});

Deno.test("every distribution is declared within its bounds and says what it is about", () => {
  for (const [name, declared] of Object.entries(DECLARED)) {
    assert.match(name, /^[a-z]+\.[a-zA-Z]+$/);
    assert(declared.about.length > 10 && declared.about.length < 90, name);
    if (declared.kind === "number") {
      assert(declared.default >= declared.min && declared.default <= declared.max);
    } else assert(declared.default.every((weight) => weight >= 0));
  }
  const shape = shapeOf("tiny", 1) as NorthwindShape;
  assert.equal(shape.distributions["orders.customerSkew"], 0.8);
});

/** Names, lengths and NOT NULL of a table's columns as its CREATE TABLE has them. */
function declaredColumns(sql: string, relation: string) {
  const [, body] = new RegExp(`CREATE TABLE ${relation.replace(".", "\\.")} \\(\n([^;]*)\n\\);`).exec(sql)!;
  const columns = body!.split("\n").map((line) =>
    /^ {2}(\w+) (.*?),?$/.exec(line)!.slice(1) as [string, string]
  );
  return {
    names: columns.map(([name]) => name),
    lengths: Object.fromEntries(columns.flatMap(([name, type]) => {
      const length = /varchar\((\d+)\)/.exec(type)?.[1];
      return length === undefined ? [] : [[name, Number(length)]];
    })),
    notNull: columns.filter(([, type]) => type.includes("NOT NULL")).map(([name]) => name),
  };
}
