import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import { permutation } from "../../random/permutation.ts";
import { tabulated } from "../../random/tabulated.ts";
import { zipfWeights } from "../../random/zipf.ts";
import { copyFields } from "../copy_writer.ts";
import type { Table } from "../dataset.ts";
import { calendar } from "./calendar.ts";
import { FIRST_ORDER_ID, LINES, ORDERS, type Sizes } from "./distributions.ts";
import { customerCode, DAYS, isoDay } from "./keys.ts";
import { SHIPPERS } from "./reference.ts";

export interface OrderTables {
  readonly orders: Table;
  readonly details: Table;
}

/** Lanes of an order's lines: so many for each line, the last ones for products drawn again. */
const LINE_LANES = 16;
const PRODUCT_TRIES = 8;
const MAX_LINES = LINES.countWeights.length;

/**
 * Orders and their lines. Both tables are functions of the order's index: the lines are drawn for the order's
 * freight and again for their own table, which costs less than keeping them.
 *
 * @param shipping encoded ship_ columns by customer
 * @param cents list price by product
 */
export function orders(
  seed: number,
  sizes: Sizes,
  shipping: readonly Uint8Array[],
  cents: Int32Array,
): OrderTables {
  const random = counter(seed, "northwind.orders");
  const lineRandom = counter(seed, "northwind.order_details");
  const dayOf = calendar();
  const day = (index: number) => dayOf((index + random.float(index, 0)) / sizes.orders);

  // Popular customers and products lie scattered over their tables, as they do in life: in order of
  // popularity all hot rows would share a few pages and every cache would look better than it is.
  const customerByRank = alias(zipfWeights(sizes.customers, ORDERS.customerSkew));
  const customerAt = scattered(sizes.customers, seed, "northwind.customer_rank");
  const productByRank = alias(zipfWeights(sizes.products, LINES.productSkew));
  const productAt = scattered(sizes.products, seed, "northwind.product_rank");
  const employee = alias(Array.from(
    { length: sizes.employees },
    (_, index) =>
      // The vice president rarely takes an order.
      index === 0
        ? 0.15
        : lognormal(counter(seed, "northwind.employee_share").float(index), 1, ORDERS.employeeSpread),
  ));
  const shipper = alias(ORDERS.shipperWeights.slice(0, SHIPPERS.length));
  const due = alias(ORDERS.dueWeights);
  const lineCount = alias(LINES.countWeights);
  const discount = alias(LINES.discountWeights);

  const quantityOf = tabulated(atLeastOne(LINES.quantity));
  const shippingDays = tabulated(atLeastOne(ORDERS.shippingDays));

  const codes = Array.from({ length: sizes.customers }, (_, index) => copyFields([customerCode(index)]));
  const dates = Array.from({ length: DAYS + 60 }, (_, at) => copyFields([isoDay(at)]));
  const priceFactor = Float64Array.from(
    { length: DAYS },
    (_, at) => 1 - LINES.yearlyInflation * (DAYS - 1 - at) / 365.25,
  );

  // One order's lines, used again for each order.
  const product = new Int32Array(MAX_LINES);
  const price = new Int32Array(MAX_LINES);
  const quantity = new Int32Array(MAX_LINES);
  const off = new Int32Array(MAX_LINES);
  const countOf = (index: number) => 1 + lineCount.sample(lineRandom.float(index, 0));

  /** Draws the lines of an order placed on that day; returns how many there are. */
  function drawLines(index: number, at: number): number {
    const count = countOf(index);
    for (let line = 0; line < count; line++) {
      const lane = (line + 1) * LINE_LANES;
      let chosen = 0;
      let tries = 0;
      do {
        chosen = tries < PRODUCT_TRIES
          ? productAt[productByRank.sample(lineRandom.float(index, lane + 8 + tries))]!
          : (chosen + 1) % sizes.products;
        tries++;
      } while (taken(chosen, line));
      product[line] = chosen;
      price[line] = Math.max(1, Math.round(cents[chosen]! * priceFactor[at]!));
      quantity[line] = quantityOf(lineRandom.float(index, lane));
      off[line] = LINES.discounts[discount.sample(lineRandom.float(index, lane + 1))]!;
    }
    return count;
  }

  function taken(chosen: number, lines: number): boolean {
    for (let line = 0; line < lines; line++) if (product[line] === chosen) return true;
    return false;
  }

  function merchandise(count: number): number {
    let sum = 0;
    for (let line = 0; line < count; line++) sum += price[line]! * quantity[line]! * (100 - off[line]!) / 100;
    return sum;
  }

  let detailRows = 0;
  for (let index = 0; index < sizes.orders; index++) detailRows += countOf(index);

  return {
    orders: {
      name: "orders",
      columns: [
        "order_id",
        "customer_id",
        "employee_id",
        "order_date",
        "required_date",
        "shipped_date",
        "ship_via",
        "freight",
        "ship_name",
        "ship_address",
        "ship_city",
        "ship_region",
        "ship_postal_code",
        "ship_country",
      ],
      units: sizes.orders,
      rows: sizes.orders,
      write(index, out) {
        const customer = customerAt[customerByRank.sample(random.float(index, 1))]!;
        const placed = day(index);
        const shipped = placed + shippingDays(random.float(index, 2));
        const freight = ORDERS.freight.base +
          merchandise(drawLines(index, placed)) *
            lognormal(random.float(index, 3), ORDERS.freight.share, ORDERS.freight.sigma);
        out.integer(FIRST_ORDER_ID + index);
        out.encoded(codes[customer]!);
        out.integer(1 + employee.sample(random.float(index, 4)));
        out.encoded(dates[placed]!);
        out.encoded(dates[placed + ORDERS.dueDays[due.sample(random.float(index, 5))]!]!);
        // What would have been shipped after the last day is still on its way.
        if (shipped < DAYS) out.encoded(dates[shipped]!);
        else out.null();
        out.integer(1 + shipper.sample(random.float(index, 6)));
        out.hundredths(Math.round(freight));
        out.encoded(shipping[customer]!);
        out.endRow();
      },
    },
    details: {
      name: "order_details",
      columns: ["order_id", "product_id", "unit_price", "quantity", "discount"],
      units: sizes.orders,
      rows: detailRows,
      write(index, out) {
        const count = drawLines(index, day(index));
        for (let line = 0; line < count; line++) {
          out.integer(FIRST_ORDER_ID + index);
          out.integer(1 + product[line]!);
          out.hundredths(price[line]!);
          out.integer(quantity[line]!);
          out.hundredths(off[line]!);
          out.endRow();
        }
      },
    },
  };
}

/** The quantiles of a log-normal distribution that is cut at one below and at `most` above. */
function atLeastOne({ median, sigma, most }: { median: number; sigma: number; most: number }) {
  return (u: number) => Math.min(most, 1 + Math.floor(lognormal(u, median, sigma)));
}

/** Row index by rank. A table, since a row of a large scale must not cost a permutation. */
function scattered(n: number, seed: number, stream: string): Int32Array {
  const image = permutation(n, seed, stream);
  return Int32Array.from({ length: n }, (_, rank) => image(rank));
}
