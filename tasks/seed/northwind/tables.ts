import type { CopyWriter } from "../copy_writer.ts";
import type { Shape, Table } from "../dataset.ts";
import { calendar } from "./calendar.ts";
import { customers, customerTypes } from "./customers.ts";
import { northwindShape } from "./distributions.ts";
import { employees, employeeTerritories } from "./employees.ts";
import { lines, orderDetails } from "./lines.ts";
import { orderDays, orders } from "./orders.ts";
import type { Prepared } from "./prepare.ts";
import { products } from "./products.ts";
import {
  CATEGORIES,
  CUSTOMER_TYPES,
  REGIONS,
  SEGMENTS,
  SHIPPERS,
  TERRITORIES,
  US_STATES,
} from "./reference.ts";
import { customerSegments, productCosts, salesTargets } from "./sales.ts";
import { suppliers } from "./suppliers.ts";

/** All tables, in the order of the data set's `tableSchemas`. */
export function northwindTables(given: Shape, prepared: Prepared): readonly Table[] {
  const shape = northwindShape(given);
  const { pools, cents, customersByRank, productsByRank } = prepared;
  const placing = calendar(shape.distributions);
  const dayOf = orderDays(shape, placing);
  const drawn = lines(shape, productsByRank, cents);
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
    customers(shape, pools),
    customerTypes(shape),
    employees(shape, pools),
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
    employeeTerritories(shape),
    fixed("shippers", ["shipper_id", "company_name", "phone"], SHIPPERS, ([name, phone], index, out) => {
      out.integer(index + 1);
      out.text(name);
      out.text(phone);
    }),
    suppliers(shape, pools),
    products(shape, cents),
    orders(shape, prepared.customers, dayOf, drawn),
    orderDetails(shape.counts.orders, prepared.lines, dayOf, drawn),
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
    productCosts(shape, cents),
    fixed(
      "segments",
      ["segment_id", "segment_name", "description"],
      SEGMENTS,
      ([name, description], index, out) => {
        out.integer(index + 1);
        out.text(name);
        out.text(description);
      },
      "northwind_sales",
    ),
    customerSegments(shape, customersByRank),
    salesTargets(shape, placing, productsByRank, cents),
  ];
}

/** A table whose rows are written down in reference.ts. */
function fixed<Row>(
  name: string,
  columns: readonly string[],
  rows: readonly Row[],
  fields: (row: Row, index: number, out: CopyWriter) => void,
  schema = "northwind",
): Table {
  return {
    name,
    relation: `${schema}.${name}`,
    columns,
    units: rows.length,
    rows: rows.length,
    write(index, out) {
      fields(rows[index]!, index, out);
      out.endRow();
    },
  };
}
