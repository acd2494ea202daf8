import type { Table } from "../dataset.ts";
import type { CopyWriter } from "../copy_writer.ts";
import { customers } from "./customers.ts";
import type { Sizes } from "./distributions.ts";
import { employees, employeeTerritories } from "./employees.ts";
import { orders } from "./orders.ts";
import { pools } from "./pools.ts";
import { products, suppliers } from "./products.ts";
import { CATEGORIES, CUSTOMER_TYPES, REGIONS, SHIPPERS, TERRITORIES, US_STATES } from "./reference.ts";

/** All tables of a scale, in the order of the data set's `tableNames`. */
export function northwindTables(sizes: Sizes, seed: number): readonly Table[] {
  const values = pools(seed);
  const customer = customers(seed, sizes.customers, values);
  const product = products(seed, sizes.products, sizes.suppliers);
  const order = orders(seed, sizes, customer.shipping, product.cents);
  return [
    fixed(
      "categories",
      ["category_id", "category_name", "description", "picture"],
      CATEGORIES,
      (row, index, out) => {
        out.integer(index + 1);
        out.text(row.name);
        out.text(row.description);
        out.null();
      },
    ),
    fixed(
      "customer_demographics",
      ["customer_type_id", "customer_desc"],
      CUSTOMER_TYPES,
      ([id, text], _, out) => {
        out.text(id);
        out.text(text);
      },
    ),
    customer.table,
    customer.types,
    employees(seed, sizes.employees, values),
    fixed("region", ["region_id", "region_description"], REGIONS, (name, index, out) => {
      out.integer(index + 1);
      out.text(name);
    }),
    fixed(
      "territories",
      ["territory_id", "territory_description", "region_id"],
      TERRITORIES,
      ([id, name, region], _, out) => {
        out.text(id);
        out.text(name);
        out.integer(region);
      },
    ),
    employeeTerritories(seed, sizes.employees),
    fixed("shippers", ["shipper_id", "company_name", "phone"], SHIPPERS, ([name, phone], index, out) => {
      out.integer(index + 1);
      out.text(name);
      out.text(phone);
    }),
    suppliers(seed, sizes.suppliers, values),
    product.table,
    order.orders,
    order.details,
    fixed(
      "us_states",
      ["state_id", "state_name", "state_abbr", "state_region"],
      US_STATES,
      ([name, code, part], index, out) => {
        out.integer(index + 1);
        out.text(name);
        out.text(code);
        out.text(part);
      },
    ),
  ];
}

/** A table whose rows are written down in reference.ts. */
function fixed<Row>(
  name: string,
  columns: readonly string[],
  rows: readonly Row[],
  fields: (row: Row, index: number, out: CopyWriter) => void,
): Table {
  return {
    name,
    columns,
    units: rows.length,
    rows: rows.length,
    write(index, out) {
      fields(rows[index]!, index, out);
      out.endRow();
    },
  };
}
