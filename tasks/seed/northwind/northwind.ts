import type { Dataset } from "../dataset.ts";
import { madeTables, placed, schemasOf } from "../made_tables.ts";
import { checks } from "./checks.ts";
import { COUNT_OPTIONS, DECLARED, RESERVED_BASE, SCALES } from "./distributions.ts";
import { keySpaces } from "./keys.ts";
import type { Prepared } from "./prepare.ts";
import { northwindRows } from "./tables.ts";

const made = madeTables("northwind");

/**
 * Northwind, the trading company: fourteen tables, from reference data to orders with their lines, and four
 * more for sales analytics. Importing this costs little; value pools are made only by `prepare`.
 */
export const northwind: Dataset = {
  name: "northwind",
  title: "a food wholesaler: customers, products, orders and their lines, five years",
  schemas: ["northwind", "northwind_sales"],
  tableSchemas: schemasOf(made),
  generator: "northwind 4, faker 10.6.0",
  scales: SCALES,
  countOptions: COUNT_OPTIONS,
  declared: DECLARED,
  // Measured at medium; what is small at every scale is mostly a page or two for the table and each index.
  rowBytes: {
    categories: 10_240,
    customer_demographics: 8_192,
    customers: 255,
    customer_customer_demo: 98,
    employees: 1_311,
    region: 14_336,
    territories: 1_391,
    employee_territories: 270,
    shippers: 9_557,
    suppliers: 623,
    products: 283,
    orders: 272,
    order_details: 101,
    us_states: 1_124,
    product_costs: 73,
    segments: 16_384,
    customer_segments: 82,
    sales_targets: 111,
  },
  reservedBase: RESERVED_BASE,
  reserved: [
    { table: "northwind.order_details", column: "order_id" },
    { table: "northwind.orders", column: "order_id" },
  ],
  marked: [{
    table: "northwind.orders",
    column: "ship_name",
    key: "order_id",
    keys: "reserved_names",
    pattern: "^client [0-9]{10}$",
    seeded: "northwind_ship_names.sql",
  }],
  async prepare(shape) {
    // Faker's locales take longer to load than a worker that makes rows, or only draws keys, should wait.
    const { prepareNorthwind } = await import("./prepare.ts");
    return await prepareNorthwind(shape);
  },
  tables: (shape, prepared) => northwindRows(shape, prepared as Prepared).map((rows) => placed(made, rows)),
  checks,
  keySpaces,
};
