import type { CountOption, Shape } from "../dataset.ts";
import { number, type ValuesOf, weights } from "../distributions.ts";

// Every number that shapes Northwind's data, in one place. Medians and spreads follow the 830 orders of the
// original where it has them; the seasons are those of a food wholesaler.

/** The first and the last day on which a seeded order was placed. Fixed, so that data never depends on today. */
export const FIRST_DAY = "2021-01-01";
export const LAST_DAY = "2025-12-31";

/** The original begins here. */
export const FIRST_ORDER_ID = 10248;

/** Orders that a benchmark places have keys from here on. */
export const RESERVED_BASE = 1_000_000_000;

/** Days that a customer may take until an order is due, by the outcomes of "orders.due". */
export const DUE_DAYS: readonly number[] = [14, 28, 42];

/** Discounts in hundredths, by the outcomes of "lines.discount". */
export const DISCOUNTS: readonly number[] = [0, 5, 10, 15, 20, 25];

/** What a product's reorder level and the quantity on order may be, all equally likely. */
export const REORDER_LEVELS: readonly number[] = [0, 5, 10, 15, 20, 25, 30];
export const UNITS_ON_ORDER: readonly number[] = [10, 20, 30, 40, 50, 60, 70, 80, 100];

export type Counts = Readonly<
  Record<"customers" | "employees" | "products" | "suppliers" | "orders", number>
>;

export const SCALES = {
  tiny: { customers: 300, employees: 9, products: 77, suppliers: 29, orders: 2_700 },
  small: { customers: 2_600, employees: 30, products: 600, suppliers: 90, orders: 27_000 },
  medium: { customers: 10_000, employees: 100, products: 2_000, suppliers: 250, orders: 270_000 },
  full: { customers: 100_000, employees: 500, products: 10_000, suppliers: 1_000, orders: 5_000_000 },
} as const satisfies Record<string, Counts>;

/** Orders end far below the reserved keys; what is kept of a customer or product takes some hundred bytes. */
export const COUNT_OPTIONS: Readonly<Record<keyof Counts, CountOption>> = {
  customers: { describe: "customers", min: 1, max: 1_000_000 },
  employees: { describe: "employees, with the vice president", min: 1, max: 100_000 },
  products: { describe: "products", min: 1, max: 1_000_000 },
  suppliers: { describe: "suppliers", min: 1, max: 1_000_000 },
  orders: { describe: "orders, each with a few lines", min: 1, max: 500_000_000 },
};

export const DECLARED = {
  "orders.customerSkew": number(0.8, [0, 2], "few customers order most: Zipf's exponent by popularity"),
  "orders.weekday": weights([0.15, 1.15, 1.1, 1.05, 1.1, 1.2, 0.25], "orders of a day, Sunday first"),
  "orders.seasonSwing": number(0.22, [0, 1], "the year swings by this share around its mean"),
  "orders.peakDay": number(338, [1, 366], "day of the year with most orders (338: early December)"),
  "orders.growth": weights([0.7, 1.3], "business on the first day and on the last"),
  "orders.due": weights([6, 88, 6], `due after ${DUE_DAYS.join(", ")} days`),
  "orders.shippingMedian": number(
    6,
    [0.1, 100],
    "days to shipping: one, and a log-normal number with this median",
  ),
  "orders.shippingSigma": number(0.6, [0, 2], "days to shipping, deviation of the logarithm"),
  "orders.shippingMost": number(60, [1, 365], "days to shipping at most"),
  "orders.shipper": weights([30, 39, 22, 4, 3, 2], "orders by shipper"),
  "orders.freightBase": number(180, [0, 1e6], "freight of any order, in cents"),
  "orders.freightShare": number(0.045, [0, 1], "freight as a share of the merchandise, median"),
  "orders.freightSigma": number(0.6, [0, 2], "freight's share, deviation of the logarithm"),
  "orders.employeeSpread": number(0.35, [0, 1.5], "how unevenly employees sell: deviation of the logarithm"),

  "lines.count": weights([22, 31, 25, 14, 6, 2], "lines of an order: one, two, three … (mean 2.6)"),
  "lines.productSkew": number(0.7, [0, 2], "few products sell most: Zipf's exponent by popularity"),
  "lines.quantityMedian": number(
    18,
    [0.1, 10_000],
    "quantity: one, and a log-normal number with this median",
  ),
  "lines.quantitySigma": number(0.75, [0, 2], "quantity, deviation of the logarithm"),
  "lines.quantityMost": number(130, [1, 100_000], "quantity at most"),
  "lines.discount": weights([62, 9, 8, 7, 7, 7], `lines with ${DISCOUNTS.join(", ")} % off`),
  "lines.yearlyInflation": number(0.035, [0, 0.15], "prices and costs rose by this share of today's a year"),

  "products.priceSigma": number(0.55, [0, 1], "prices within a category: deviation of the logarithm"),
  "products.discontinued": number(0.08, [0, 1], "share of products that are discontinued"),
  "products.stockMedian": number(30, [0.1, 100_000], "units in stock, median"),
  "products.stockSigma": number(0.9, [0, 2], "units in stock, deviation of the logarithm"),
  "products.stockMost": number(400, [0, 1_000_000], "units in stock at most"),

  "customers.withFax": number(0.6, [0, 1], "share of customers with a fax"),
  "customers.owner": number(0.25, [0, 1], "share of customers whose contact is the owner"),
  "customers.types": weights([55, 35, 10], "customers of no demographic type, of one, of two"),
  "suppliers.withFax": number(0.5, [0, 1], "share of suppliers with a fax"),
  "suppliers.withHomepage": number(0.3, [0, 1], "share of suppliers with a homepage"),
  "employees.team": number(8, [1, 1000], "representatives of one manager"),
  "employees.territories": number(7, [1, 50], "territories of an employee: one to this many"),

  "margin.beverages": number(0.42, [0, 0.9], "margin on the list price of Beverages"),
  "margin.condiments": number(0.38, [0, 0.9], "margin on the list price of Condiments"),
  "margin.confections": number(0.45, [0, 0.9], "margin on the list price of Confections"),
  "margin.dairy": number(0.28, [0, 0.9], "margin on the list price of Dairy Products"),
  "margin.grains": number(0.34, [0, 0.9], "margin on the list price of Grains/Cereals"),
  "margin.meat": number(0.24, [0, 0.9], "margin on the list price of Meat/Poultry"),
  "margin.produce": number(0.3, [0, 0.9], "margin on the list price of Produce"),
  "margin.seafood": number(0.33, [0, 0.9], "margin on the list price of Seafood"),
  "margin.spread": number(0.06, [0, 0.1], "a product's margin is its category's give or take up to this"),

  "segments.share": weights([5, 15, 30, 50], "customers that are Strategic, Key, Growth, Occasional"),
  "segments.fidelity": number(
    0.9,
    [0, 1],
    "share of customers whose segment follows from how much they order",
  ),
  "targets.ambition": number(1.05, [0.1, 10], "sales targets as a share of the sales to be expected, median"),
  "targets.sigma": number(0.12, [0, 1], "sales targets, deviation of the logarithm"),
} as const;

export type Distributions = ValuesOf<typeof DECLARED>;

/** A shape as Northwind's own code reads it. */
export interface NorthwindShape {
  readonly seed: number;
  readonly counts: Counts;
  readonly distributions: Distributions;
}

/** @param shape with all counts and distributions, as `resolveData` makes it */
export function northwindShape(shape: Shape): NorthwindShape {
  return shape as NorthwindShape;
}
