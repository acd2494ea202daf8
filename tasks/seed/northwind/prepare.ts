import type { Shape } from "../dataset.ts";
import { customerFields } from "./customers.ts";
import { northwindShape } from "./distributions.ts";
import { lineCounts } from "./lines.ts";
import type { Packed } from "./packed.ts";
import { makePools, type Pools } from "./pools.ts";
import { rowsByRank } from "./popularity.ts";
import { listPrices } from "./products.ts";

/** What is made once and shared: everything large lies in memory that workers share. */
export interface Prepared {
  readonly pools: Pools;
  /** See `customerFields`. */
  readonly customers: Packed;
  /** The rows of customers and products by popularity rank. */
  readonly customersByRank: Int32Array;
  readonly productsByRank: Int32Array;
  /** Today's list price by product. */
  readonly cents: Int32Array;
  /** The lines of all orders. */
  readonly lines: number;
}

export async function prepareNorthwind(given: Shape): Promise<Prepared> {
  const shape = northwindShape(given);
  const { seed, counts } = shape;
  const pools = await makePools(seed);
  const countOf = lineCounts(shape);
  let lines = 0;
  for (let order = 0; order < counts.orders; order++) lines += countOf(order);
  const customersByRank = rowsByRank(counts.customers, seed, "northwind.customer_rank");
  return {
    pools,
    customers: customerFields(shape, pools, customersByRank),
    customersByRank,
    productsByRank: rowsByRank(counts.products, seed, "northwind.product_rank"),
    cents: listPrices(shape),
    lines,
  };
}
