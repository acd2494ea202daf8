import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import { zipfWeights } from "../../random/zipf.ts";
import type { Rows } from "../dataset.ts";
import type { Calendar } from "./calendar.ts";
import { DISCOUNTS, type Distributions, type NorthwindShape } from "./distributions.ts";
import { employeeShares } from "./employees.ts";
import { customerCode, isoDay, QUARTERS, YEARS } from "./keys.ts";
import { ranksByRow } from "./popularity.ts";
import { categoryOf, priceLevels } from "./products.ts";
import { probabilities, quantityQuantile } from "./quantiles.ts";

// What a sales dashboard needs and Northwind lacks, in a schema of its own.

/** The declared margin of each category, in the order of CATEGORIES. */
export function categoryMargins(distributions: Distributions): readonly number[] {
  return [
    distributions["margin.beverages"],
    distributions["margin.condiments"],
    distributions["margin.confections"],
    distributions["margin.dairy"],
    distributions["margin.grains"],
    distributions["margin.meat"],
    distributions["margin.produce"],
    distributions["margin.seafood"],
  ];
}

/** By year: costs as a share of those of the last day. They rise as prices do; a year's are those of its middle. */
export function costLevels(shape: NorthwindShape): readonly number[] {
  const levels = priceLevels(shape);
  return YEARS.map((_, year) => levels[(QUARTERS[4 * year]! + QUARTERS[4 * year + 4]!) >> 1]!);
}

/** What a unit of each product costs in each year, so that the margins of the past are not those of today's costs. */
export function productCosts(shape: NorthwindShape, cents: Int32Array): Rows {
  const { seed, counts, distributions } = shape;
  const random = counter(seed, "northwind_sales.product_costs");
  const margins = categoryMargins(distributions);
  const spread = distributions["margin.spread"];
  const levels = costLevels(shape);
  return {
    name: "product_costs",
    units: counts.products,
    rows: counts.products * YEARS.length,
    write(product, out) {
      const margin = margins[categoryOf(product)]! + spread * (2 * random.float(product) - 1);
      for (const [at, year] of YEARS.entries()) {
        out.integer(product + 1);
        out.integer(year);
        out.hundredths(Math.max(1, Math.round(cents[product]! * levels[at]! * (1 - margin))));
        out.endRow();
      }
    },
  };
}

/**
 * The segment of each customer: for most the one that their rank by popularity belongs to, for the others any.
 * Both ways have the declared shares.
 */
export function customerSegments(shape: NorthwindShape, customersByRank: Int32Array): Rows {
  const { seed, counts, distributions } = shape;
  const random = counter(seed, "northwind_sales.customer_segments");
  const ranks = ranksByRow(customersByRank);
  const segmentOf = inOrder(distributions["segments.share"]);
  const fidelity = distributions["segments.fidelity"];
  const reviews = QUARTERS.length - 1;
  return {
    name: "customer_segments",
    units: counts.customers,
    rows: counts.customers,
    write(customer, out) {
      const share = random.float(customer, 0) < fidelity
        ? (ranks[customer]! + 0.5) / counts.customers
        : random.float(customer, 1);
      out.text(customerCode(customer));
      out.integer(1 + segmentOf(share));
      // Segments are reviewed as a quarter begins.
      out.text(isoDay(QUARTERS[random.integer(customer, 2, reviews)]!));
      out.endRow();
    },
  };
}

/** What each employee is to sell in each quarter, in whole tens: around what is to be expected of them. */
export function salesTargets(
  shape: NorthwindShape,
  calendar: Calendar,
  productsByRank: Int32Array,
  cents: Int32Array,
): Rows {
  const { seed, counts, distributions } = shape;
  const random = counter(seed, "northwind_sales.sales_targets");
  const shares = employeeShares(shape);
  const allShares = shares.reduce((sum, share) => sum + share, 0);
  const perQuarter = quarterlyRevenue(shape, calendar, productsByRank, cents);
  const ambition = distributions["targets.ambition"];
  const sigma = distributions["targets.sigma"];
  return {
    name: "sales_targets",
    units: counts.employees,
    rows: counts.employees * perQuarter.length,
    write(employee, out) {
      for (const [quarter, revenue] of perQuarter.entries()) {
        const expected = revenue * shares[employee]! / allShares;
        const amount = lognormal(random.float(employee, quarter), expected * ambition, sigma);
        out.integer(employee + 1);
        out.text(isoDay(QUARTERS[quarter]!));
        out.text(`${Math.max(10, Math.round(amount / 10) * 10)}.00`);
        out.endRow();
      }
    },
  };
}

/** The revenue to be expected of each quarter, in dollars. */
function quarterlyRevenue(
  shape: NorthwindShape,
  { shares }: Calendar,
  productsByRank: Int32Array,
  cents: Int32Array,
): readonly number[] {
  const { counts, distributions } = shape;
  const price = mean(
    zipfWeights(counts.products, distributions["lines.productSkew"]),
    (rank) => cents[productsByRank[rank]!]! / 100,
  );
  const quantities = probabilities(quantityQuantile(distributions));
  const quantity = mean(quantities, (value) => value);
  const paid = mean(distributions["lines.discount"], (outcome) => 1 - DISCOUNTS[outcome]! / 100);
  const lines = mean(distributions["lines.count"], (outcome) => Math.min(counts.products, outcome + 1));
  const levels = priceLevels(shape);
  return QUARTERS.slice(0, -1).map((from, quarter) => {
    let orders = 0;
    for (let day = from; day < QUARTERS[quarter + 1]!; day++) {
      orders += counts.orders * shares[day]! * levels[day]!;
    }
    return orders * lines * quantity * price * paid;
  });
}

/** The mean of a value over outcomes that have these weights. */
function mean(weights: ArrayLike<number>, valueOf: (outcome: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let outcome = 0; outcome < weights.length; outcome++) {
    total += weights[outcome]!;
    sum += weights[outcome]! * valueOf(outcome);
  }
  return sum / total;
}

/** The outcome that a share in [0, 1) falls to when outcomes stand in their order, each as wide as its weight. */
function inOrder(weights: readonly number[]): (share: number) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (share) => {
    let left = share * total;
    for (const [outcome, weight] of weights.entries()) if ((left -= weight) < 0) return outcome;
    return weights.findLastIndex((weight) => weight > 0);
  };
}
