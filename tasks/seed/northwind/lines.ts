import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { tabulated } from "../../random/tabulated.ts";
import { zipfWeights } from "../../random/zipf.ts";
import type { Rows } from "../dataset.ts";
import { DISCOUNTS, FIRST_ORDER_ID, type NorthwindShape } from "./distributions.ts";
import { priceLevels } from "./products.ts";
import { QUANTILE_BITS, quantityQuantile, U32 } from "./quantiles.ts";

/** Lanes of an order: 0 for the number of its lines, 2n and 2n + 1 for line n, more for products drawn again. */
const RETRY_LANES = 1 << 16;

const DISCOUNT_BITS = 32 - QUANTILE_BITS;

/** The lines of one order at a time: `draw` overwrites those of the order before. */
export interface Lines {
  /** Draws the lines of an order placed on that day; returns how many there are. */
  draw(order: number, day: number): number;
  readonly product: Int32Array;
  /** Cents. */
  readonly price: Int32Array;
  readonly quantity: Int32Array;
  /** Discount in hundredths. */
  readonly off: Int32Array;
}

/**
 * Both an order's freight and the table of lines need its lines: they are drawn for each, which costs less than
 * keeping them.
 * @param productsByRank products by popularity
 * @param cents list price by product
 */
export function lines(shape: NorthwindShape, productsByRank: Int32Array, cents: Int32Array): Lines {
  const { seed, distributions } = shape;
  const random = counter(seed, "northwind.order_details");
  const countOf = lineCounts(shape);
  const rankOf = alias(zipfWeights(productsByRank.length, distributions["lines.productSkew"]));
  const quantityOf = tabulated(quantityQuantile(distributions));
  const discountOf = alias(distributions["lines.discount"]);
  const levels = priceLevels(shape);

  const most = distributions["lines.count"].length;
  const product = new Int32Array(most);
  const price = new Int32Array(most);
  const quantity = new Int32Array(most);
  const off = new Int32Array(most);

  function taken(chosen: number, before: number): boolean {
    for (let line = 0; line < before; line++) if (product[line] === chosen) return true;
    return false;
  }

  return {
    product,
    price,
    quantity,
    off,
    draw(order, day) {
      const count = countOf(order);
      const level = levels[day]!;
      for (let line = 0; line < count; line++) {
        let lane = 2 * line + 2;
        const word = random.u32(order, lane + 1);
        let chosen = productsByRank[rankOf.sample(random.float(order, lane))]!;
        while (taken(chosen, line)) {
          chosen = productsByRank[rankOf.sample(random.float(order, lane += RETRY_LANES))]!;
        }
        product[line] = chosen;
        price[line] = Math.max(1, Math.round(cents[chosen]! * level));
        quantity[line] = quantityOf((word >>> DISCOUNT_BITS) / 2 ** QUANTILE_BITS);
        off[line] = DISCOUNTS[discountOf.sample((word & 2 ** DISCOUNT_BITS - 1) / 2 ** DISCOUNT_BITS)]!;
      }
      return count;
    },
  };
}

/** How many lines an order has: never more than there are products, which differ within an order. */
export function lineCounts({ seed, counts, distributions }: NorthwindShape): (order: number) => number {
  const random = counter(seed, "northwind.order_details");
  const countOf = alias(distributions["lines.count"]);
  return (order) => Math.min(counts.products, 1 + countOf.sample(random.u32(order, 0) / U32));
}

/** @param rows the lines of all orders */
export function orderDetails(
  orders: number,
  rows: number,
  dayOf: (order: number) => number,
  drawn: Lines,
): Rows {
  const { draw, product, price, quantity, off } = drawn;
  return {
    name: "order_details",
    units: orders,
    rows,
    write(order, out) {
      const count = draw(order, dayOf(order));
      for (let line = 0; line < count; line++) {
        out.integer(FIRST_ORDER_ID + order);
        out.integer(1 + product[line]!);
        out.hundredths(price[line]!);
        out.integer(quantity[line]!);
        out.hundredths(off[line]!);
        out.endRow();
      }
    },
  };
}
