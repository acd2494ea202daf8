import { copyFields } from "../copy_writer.ts";
import type { Rows, Shape } from "../dataset.ts";
import { calendar } from "./calendar.ts";
import { customers, customerTypes } from "./customers.ts";
import { northwindShape } from "./distributions.ts";
import { employees, employeeTerritories } from "./employees.ts";
import { lines, orderDetails } from "./lines.ts";
import { orderDays, orders } from "./orders.ts";
import type { Prepared } from "./prepare.ts";
import { products } from "./products.ts";
import { fixedRows } from "./reference.ts";
import { customerSegments, productCosts, salesTargets } from "./sales.ts";
import { suppliers } from "./suppliers.ts";

/** The rows of all tables, in the order of the data set's `tableSchemas`. */
export function northwindRows(given: Shape, prepared: Prepared): readonly Rows[] {
  const shape = northwindShape(given);
  const { pools, cents, customersByRank, productsByRank } = prepared;
  const placing = calendar(shape.distributions);
  const dayOf = orderDays(shape, placing);
  const drawn = lines(shape, productsByRank, cents);
  return [
    fixed("categories"),
    fixed("customer_demographics"),
    customers(shape, pools),
    customerTypes(shape),
    employees(shape, pools),
    fixed("region"),
    fixed("territories"),
    employeeTerritories(shape),
    fixed("shippers"),
    suppliers(shape, pools),
    products(shape, cents),
    orders(shape, prepared.customers, dayOf, drawn),
    orderDetails(shape.counts.orders, prepared.lines, dayOf, drawn),
    fixed("us_states"),
    productCosts(shape, cents),
    fixed("segments"),
    customerSegments(shape, customersByRank),
    salesTargets(shape, placing, productsByRank, cents),
  ];
}

/** A table whose rows are written down. */
function fixed(name: string): Rows {
  const rows = fixedRows(name).map(copyFields);
  return {
    name,
    units: rows.length,
    rows: rows.length,
    write(index, out) {
      out.encoded(rows[index]!);
      out.endRow();
    },
  };
}
