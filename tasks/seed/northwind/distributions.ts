/**
 * Every number that shapes Northwind's data, in one place. Weights are relative. Medians and spreads follow
 * the 830 orders of the original where it has them; the seasons are those of a food wholesaler.
 */

/** The first and the last day on which a seeded order was placed. Fixed, so that data never depends on today. */
export const FIRST_DAY = "2021-01-01";
export const LAST_DAY = "2025-12-31";

/** The original begins here. */
export const FIRST_ORDER_ID = 10248;

/** Orders that a benchmark places have keys from here on. */
export const RESERVED_BASE = 1_000_000_000;

export const SIZES: Readonly<Record<string, Sizes>> = {
  tiny: { customers: 300, employees: 9, products: 77, suppliers: 29, orders: 2_700 },
  small: { customers: 2_600, employees: 30, products: 600, suppliers: 90, orders: 27_000 },
};

export interface Sizes {
  readonly customers: number;
  readonly employees: number;
  readonly products: number;
  readonly suppliers: number;
  readonly orders: number;
}

export const ORDERS = {
  /** A few customers order most: Zipf's exponent over customers by popularity. */
  customerSkew: 0.8,
  /** Orders of a day, Sunday first. */
  weekday: [0.15, 1.15, 1.1, 1.05, 1.1, 1.2, 0.25],
  /** The year swings by so much around its mean, highest on `peakDay` of the year (early December). */
  seasonSwing: 0.22,
  peakDay: 338,
  /** Business grows from the first share of the mean to the second over the whole time. */
  growth: [0.7, 1.3],
  /** Days until it is due. */
  dueDays: [14, 28, 42],
  dueWeights: [6, 88, 6],
  /** Days from order to shipping: 1 + log-normal, so some are shipped after they were due. */
  shippingDays: { median: 6, sigma: 0.6, most: 60 },
  shipperWeights: [30, 39, 22, 4, 3, 2],
  /** Freight: a base in cents, plus a share of the merchandise with log-normal spread. */
  freight: { base: 180, share: 0.045, sigma: 0.6 },
  /** How unevenly employees take orders: deviation of the logarithm. */
  employeeSpread: 0.35,
} as const;

export const LINES = {
  /** Lines of an order: one, two, three … (mean 2.6). */
  countWeights: [22, 31, 25, 14, 6, 2],
  /** Zipf's exponent over products by popularity. */
  productSkew: 0.7,
  quantity: { median: 18, sigma: 0.75, most: 130 },
  /** Discounts in hundredths. */
  discounts: [0, 5, 10, 15, 20, 25],
  discountWeights: [62, 9, 8, 7, 7, 7],
  /** Prices rose by so much a year up to today's list price. */
  yearlyInflation: 0.035,
} as const;

export const PRODUCTS = {
  /** Spread of prices within a category: deviation of the logarithm. */
  priceSigma: 0.55,
  discontinued: 0.08,
  stock: { median: 30, sigma: 0.9, most: 400 },
  reorderLevels: [0, 5, 10, 15, 20, 25, 30],
  unitsOnOrder: [10, 20, 30, 40, 50, 60, 70, 80, 100],
} as const;

export const CUSTOMERS = {
  withFax: 0.6,
  /** How many demographic types a customer has: none, one, two. */
  typeWeights: [55, 35, 10],
} as const;

export const EMPLOYEES = {
  /** One manager for so many representatives. */
  team: 8,
  /** Territories of a representative: one to this many. */
  territories: 7,
} as const;
