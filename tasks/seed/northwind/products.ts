import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import { permutation } from "../../random/permutation.ts";
import type { Rows } from "../dataset.ts";
import { type NorthwindShape, REORDER_LEVELS, UNITS_ON_ORDER } from "./distributions.ts";
import { DAYS } from "./keys.ts";
import { CATEGORIES, PRODUCT_ORIGINS } from "./reference.ts";

/** The categories of sixteen products in a row, so that a product's place within its category is arithmetic. */
const CYCLE: readonly number[] = CATEGORIES.flatMap(({ share }, category) =>
  Array<number>(share).fill(category)
);

/** The category of a product, as an index into CATEGORIES. */
export function categoryOf(product: number): number {
  return CYCLE[product % CYCLE.length]!;
}

/** Today's list price of each product in cents, in memory that workers share. */
export function listPrices({ seed, counts, distributions }: NorthwindShape): Int32Array {
  const random = counter(seed, "northwind.products");
  const sigma = distributions["products.priceSigma"];
  const cents = new Int32Array(new SharedArrayBuffer(counts.products * Int32Array.BYTES_PER_ELEMENT));
  for (let index = 0; index < cents.length; index++) {
    const dollars = lognormal(random.float(index, 0), CATEGORIES[categoryOf(index)]!.priceMedian, sigma);
    // Prices end in 0 or 5 cents, as list prices do.
    cents[index] = Math.max(95, Math.round(dollars * 20) * 5);
  }
  return cents;
}

/** By day: prices and costs of that day as a share of today's. */
export function priceLevels({ distributions }: NorthwindShape): Float64Array {
  const inflation = distributions["lines.yearlyInflation"];
  return Float64Array.from({ length: DAYS }, (_, day) => 1 - inflation * (DAYS - 1 - day) / 365.25);
}

export function products(shape: NorthwindShape, cents: Int32Array): Rows {
  const { seed, counts, distributions } = shape;
  const random = counter(seed, "northwind.products");
  const nameOf = productNames(seed);
  const discontinuedShare = distributions["products.discontinued"];
  const median = distributions["products.stockMedian"];
  const sigma = distributions["products.stockSigma"];
  const most = Math.floor(distributions["products.stockMost"]);
  return {
    name: "products",
    units: counts.products,
    rows: counts.products,
    write(index, out) {
      const category = CATEGORIES[categoryOf(index)]!;
      const discontinued = random.float(index, 2) < discontinuedShare;
      const stock = Math.min(most, Math.floor(lognormal(random.float(index, 3), median, sigma)));
      const level = discontinued ? 0 : REORDER_LEVELS[random.integer(index, 4, REORDER_LEVELS.length)]!;
      out.integer(index + 1);
      out.text(nameOf(index));
      out.integer(1 + random.integer(index, 1, counts.suppliers));
      out.integer(categoryOf(index) + 1);
      out.text(category.packages[random.integer(index, 5, category.packages.length)]!);
      out.hundredths(cents[index]!);
      out.integer(stock);
      // Ordered from the supplier only where the shelf runs low.
      out.integer(
        stock <= level && !discontinued
          ? UNITS_ON_ORDER[random.integer(index, 6, UNITS_ON_ORDER.length)]!
          : 0,
      );
      out.integer(level);
      out.boolean(discontinued);
      out.endRow();
    },
  };
}

/**
 * The name of each product, no two the same: each category walks through all pairs of origin and noun, then
 * numbers them. A million products need three digits, and the longest pair leaves room for four.
 */
export function productNames(seed: number): (product: number) => string {
  const pairAt = CATEGORIES.map(({ nouns }, category) =>
    permutation(nouns.length * PRODUCT_ORIGINS.length, seed, `northwind.product_name.${category}`)
  );
  return (index) => {
    const category = categoryOf(index);
    const { nouns, share } = CATEGORIES[category]!;
    const within = Math.floor(index / CYCLE.length) * share + index % CYCLE.length - CYCLE.indexOf(category);
    const pairs = nouns.length * PRODUCT_ORIGINS.length;
    const pair = pairAt[category]!(within % pairs);
    const round = Math.floor(within / pairs);
    const text = `${PRODUCT_ORIGINS[pair % PRODUCT_ORIGINS.length]} ${
      nouns[Math.floor(pair / PRODUCT_ORIGINS.length)]
    }`;
    return round === 0 ? text : `${text} No. ${round + 1}`;
  };
}
