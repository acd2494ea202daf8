import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import { permutation } from "../../random/permutation.ts";
import type { Table } from "../dataset.ts";
import { PRODUCTS } from "./distributions.ts";
import { party, PARTY_LANES, type Pools } from "./parties.ts";
import { CATEGORIES, CONTACT_TITLES, PRODUCT_ORIGINS } from "./reference.ts";

/** The products' table with what order lines need of it. */
export interface Products {
  readonly table: Table;
  /** List price of each product in cents. */
  readonly cents: Int32Array;
}

/** The categories of sixteen products in a row, so that a product's place within its category is arithmetic. */
const CYCLE: readonly number[] = CATEGORIES.flatMap(({ share }, category) =>
  Array<number>(share).fill(category)
);

export function products(seed: number, count: number, suppliers: number): Products {
  const random = counter(seed, "northwind.products");
  const names = CATEGORIES.map(({ nouns }, category) =>
    permutation(nouns.length * PRODUCT_ORIGINS.length, seed, `northwind.product_name.${category}`)
  );
  const categoryOf = (index: number) => CYCLE[index % CYCLE.length]!;
  const cents = Int32Array.from({ length: count }, (_, index) => {
    const dollars = lognormal(
      random.float(index, 0),
      CATEGORIES[categoryOf(index)]!.priceMedian,
      PRODUCTS.priceSigma,
    );
    // Prices end in 0 or 5 cents, as list prices do.
    return Math.max(95, Math.round(dollars * 20) * 5);
  });

  /** No two products share a name: each category walks through all pairs of origin and noun, then numbers them. */
  const name = (index: number) => {
    const category = categoryOf(index);
    const { nouns, share } = CATEGORIES[category]!;
    const within = Math.floor(index / CYCLE.length) * share + index % CYCLE.length - CYCLE.indexOf(category);
    const pairs = nouns.length * PRODUCT_ORIGINS.length;
    const pair = names[category]!(within % pairs);
    const round = Math.floor(within / pairs);
    const text = `${PRODUCT_ORIGINS[pair % PRODUCT_ORIGINS.length]} ${
      nouns[Math.floor(pair / PRODUCT_ORIGINS.length)]
    }`;
    return round === 0 ? text : `${text} No. ${round + 1}`;
  };
  const table: Table = {
    name: "products",
    columns: [
      "product_id",
      "product_name",
      "supplier_id",
      "category_id",
      "quantity_per_unit",
      "unit_price",
      "units_in_stock",
      "units_on_order",
      "reorder_level",
      "discontinued",
    ],
    units: count,
    rows: count,
    write(index, out) {
      const category = CATEGORIES[categoryOf(index)]!;
      const discontinued = random.float(index, 2) < PRODUCTS.discontinued;
      const { median, sigma, most } = PRODUCTS.stock;
      const stock = Math.min(most, Math.floor(lognormal(random.float(index, 3), median, sigma)));
      const level = discontinued
        ? 0
        : PRODUCTS.reorderLevels[random.integer(index, 4, PRODUCTS.reorderLevels.length)]!;
      out.integer(index + 1);
      out.text(name(index));
      out.integer(1 + random.integer(index, 1, suppliers));
      out.integer(categoryOf(index) + 1);
      out.text(category.packages[random.integer(index, 5, category.packages.length)]!);
      out.hundredths(cents[index]!);
      out.integer(stock);
      // Ordered from the supplier only where the shelf runs low.
      out.integer(
        stock <= level && !discontinued
          ? PRODUCTS.unitsOnOrder[random.integer(index, 6, PRODUCTS.unitsOnOrder.length)]!
          : 0,
      );
      out.integer(level);
      out.boolean(discontinued);
      out.endRow();
    },
  };
  return { table, cents };
}

export function suppliers(seed: number, count: number, pools: Pools): Table {
  const random = counter(seed, "northwind.suppliers");
  return {
    name: "suppliers",
    columns: [
      "supplier_id",
      "company_name",
      "contact_name",
      "contact_title",
      "address",
      "city",
      "region",
      "postal_code",
      "country",
      "phone",
      "fax",
      "homepage",
    ],
    units: count,
    rows: count,
    write(index, out) {
      const at = party(random, index, pools);
      const surnames = pools[at.country.locale].last;
      const brand = surnames[random.integer(index, PARTY_LANES, surnames.length)]!;
      const { nouns } = CATEGORIES[random.integer(index, PARTY_LANES + 1, CATEGORIES.length)]!;
      const noun = nouns[random.integer(index, PARTY_LANES + 2, nouns.length)]!;
      // `.example` is reserved: nobody's real site is named.
      const site = `https://www.${noun.normalize("NFD").replace(/[^a-z]/gi, "").toLowerCase()}-${
        index + 1
      }.example/`;
      out.integer(index + 1);
      out.text(`${brand} ${noun}`.slice(0, 40));
      out.text(`${at.firstName} ${at.lastName}`);
      out.text(CONTACT_TITLES[random.integer(index, PARTY_LANES + 3, CONTACT_TITLES.length)]!);
      out.text(at.address);
      out.text(at.city.name);
      out.text(at.city.region);
      out.text(at.postalCode);
      out.text(at.country.name);
      out.text(at.phone);
      out.text(random.float(index, PARTY_LANES + 4) < 0.5 ? at.fax : null);
      out.text(random.float(index, PARTY_LANES + 5) < 0.3 ? site : null);
      out.endRow();
    },
  };
}
