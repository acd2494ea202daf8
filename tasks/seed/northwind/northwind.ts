import type { Dataset, Table } from "../dataset.ts";
import { RESERVED_BASE, SIZES } from "./distributions.ts";
import { keySpaces } from "./keys.ts";

/**
 * Northwind, the trading company: fourteen tables, from reference data to orders with their lines. Importing
 * this costs little; value pools and tables are made only by `tables`.
 */
export const northwind: Dataset = {
  name: "northwind",
  title: "a food wholesaler: customers, products, orders and their lines, five years",
  schema: "northwind",
  tableNames: [
    "categories",
    "customer_demographics",
    "customers",
    "customer_customer_demo",
    "employees",
    "region",
    "territories",
    "employee_territories",
    "shippers",
    "suppliers",
    "products",
    "orders",
    "order_details",
    "us_states",
  ],
  generator: "northwind 2, faker 10.6.0",
  scales: Object.keys(SIZES),
  reservedBase: RESERVED_BASE,
  async tables(scale: string, seed: number): Promise<readonly Table[]> {
    // Faker's locales take longer to load than a worker that only draws keys should wait.
    const { northwindTables } = await import("./tables.ts");
    return northwindTables(SIZES[scale]!, seed);
  },
  keySpaces,
};
