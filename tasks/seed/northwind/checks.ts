import type { DistributionCheck, Shape } from "../dataset.ts";
import { calendar } from "./calendar.ts";
import { type Distributions, type NorthwindShape, northwindShape } from "./distributions.ts";
import { DAYS, isoDay } from "./keys.ts";
import { categoryOf } from "./products.ts";
import { probabilities, quantityQuantile, shippingQuantile } from "./quantiles.ts";
import { categoryMargins, costLevels } from "./sales.ts";
import { luckyTopShare, topDraws, zipfRanks } from "./top_share.ts";

/** What is to be expected of a column, and how far off chance may take it. */
type Expectation = Pick<DistributionCheck, "expected" | "tolerance">;

/** With fewer orders an employee the spread of their counts says more of chance than of them. */
const LEAST_ORDERS = 20;

/**
 * What must be true of the data, by column of queries/schema/northwind/verify.sql. Only columns that say
 * something at these counts have a check.
 * @param rows by table
 */
export function checks(
  given: Shape,
  rows: Readonly<Record<string, number>>,
): Readonly<Record<string, DistributionCheck>> {
  const shape = northwindShape(given);
  const { counts, distributions } = shape;
  const orders = rows.orders!;
  const lines = rows.order_details!;
  const { shares } = calendar(distributions);
  const placed = (belongs: (date: string) => boolean) =>
    shares.reduce((sum, share, day) => belongs(isoDay(day)) ? sum + share : sum, 0);
  const weekday = (day: number) => placed((date) => new Date(date).getUTCDay() === day);
  const against = (share: number, other: number) =>
    proportion(share / (share + other), orders * (share + other));
  const december = placed((date) => date.slice(5, 7) === "12");
  const june = placed((date) => date.slice(5, 7) === "06");
  const first = placed((date) => date.startsWith("2021"));
  const last = placed((date) => date.startsWith("2025"));

  const all: Record<string, readonly [table: string, name: string, expectation: Expectation | null]> = {
    weekend: ["orders", "share placed at a weekend", proportion(weekday(0) + weekday(6), orders)],
    friday: ["orders", "share placed on a Friday", proportion(weekday(5), orders)],
    december: ["orders", "season: December's share of December and June", against(december, june)],
    last_year: ["orders", "growth: 2025's share of 2021 and 2025", against(last, first)],
    top_customers: ["orders", "share of the tenth of customers who order most", topCustomers(shape, orders)],
    employee_spread: [
      "orders",
      "spread over employees: deviation of the logarithm",
      employeeSpread(distributions, counts.employees - 1, orders),
    ],
    on_their_way: ["orders", "share not yet shipped", proportion(onTheirWay(distributions, shares), orders)],
    lines_per_order: ["order_details", "lines of an order, mean", lineMean(shape, orders)],
    top_products: [
      "order_details",
      "share of the tenth of products that sell most",
      topProducts(shape, lines),
    ],
    median_quantity: ["order_details", "quantity, interpolated median", medianQuantity(distributions, lines)],
    undiscounted: [
      "order_details",
      "share without a discount",
      proportion(weightShare(distributions["lines.discount"], 0), lines),
    ],
    margin: ["product_costs", "margin of a product in 2025, mean", margin(shape)],
    first_segment: ["customer_segments", "share of the first segment", firstSegment(shape)],
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([column, [table, name, expectation]]) =>
      expectation === null ? [] : [[column, { name, table, ...expectation }]]
    ),
  );
}

/**
 * A mean of `n` values with this deviation, all of them within `range` of each other. Five standard errors and
 * what Bernstein's inequality adds for few values, which the normal distribution does not yet describe.
 */
function mean(expected: number, deviation: number, n: number, range: number): Expectation {
  return { expected, tolerance: 5 * deviation / Math.sqrt(n) + 25 / 3 * range / n + 1e-9 };
}

/** The share of `n` rows that have a property. Dates and ranks are spread more evenly than by chance alone. */
function proportion(expected: number, n: number): Expectation {
  return mean(expected, Math.sqrt(Math.max(0, expected * (1 - expected))), n, 1);
}

function topCustomers({ counts, distributions }: NorthwindShape, orders: number): Expectation {
  const ranks = zipfRanks(
    counts.customers,
    distributions["orders.customerSkew"],
    Math.ceil(counts.customers / 10),
  );
  return proportion(luckyTopShare(ranks, orders), orders);
}

function topProducts({ counts, distributions }: NorthwindShape, lines: number): Expectation {
  const ranks = zipfRanks(
    counts.products,
    distributions["lines.productSkew"],
    Math.ceil(counts.products / 10),
  );
  const weights = distributions["lines.count"];
  // An order has a product once: the more lines, the more of them fall to products that are less popular.
  const drawn = topDraws(ranks, weights.length);
  const size = (outcome: number) => Math.min(counts.products, outcome + 1);
  const share = sum(weights, (weight, outcome) => weight * drawn[size(outcome) - 1]!) /
    sum(weights, (weight, outcome) => weight * size(outcome));
  const luck = luckyTopShare(ranks, lines) - sum(ranks.top, ({ count, weight }) => count * weight);
  return proportion(Math.min(1, share + luck), lines);
}

function employeeSpread(distributions: Distributions, employees: number, orders: number): Expectation | null {
  const sigma = distributions["orders.employeeSpread"];
  if (employees < 2 || orders / employees < LEAST_ORDERS * Math.exp(sigma * sigma)) return null;
  // Chance spreads the counts besides: by the inverse of each one's expectation.
  const chance = employees / orders * Math.exp(sigma * sigma);
  const deviation = Math.sqrt(sigma * sigma + chance);
  return { expected: deviation, tolerance: 5 * deviation / Math.sqrt(2 * (employees - 1)) + chance };
}

function onTheirWay(distributions: Distributions, shares: Float64Array): number {
  const days = probabilities(shippingQuantile(distributions));
  return sum(shares, (share, day) => share * sum(days.subarray(DAYS - day), (probability) => probability));
}

function lineMean({ counts, distributions }: NorthwindShape, orders: number): Expectation {
  const weights = distributions["lines.count"];
  const size = (outcome: number) => Math.min(counts.products, outcome + 1);
  const total = sum(weights, (weight) => weight);
  const average = sum(weights, (weight, outcome) => weight * size(outcome)) / total;
  const variance = sum(weights, (weight, outcome) => weight * (size(outcome) - average) ** 2) / total;
  return mean(average, Math.sqrt(variance), orders, weights.length);
}

/** The median as verify.sql interpolates it, and where it may be while the shares below it stray. */
function medianQuantity(distributions: Distributions, lines: number): Expectation {
  const shares = probabilities(quantityQuantile(distributions));
  const quantile = (wanted: number) => {
    let until = 0;
    for (const [quantity, share] of shares.entries()) {
      if (share > 0 && until + share >= wanted) return quantity - 0.5 + (wanted - until) / share;
      until += share;
    }
    return shares.length - 0.5;
  };
  const { tolerance: stray } = proportion(0.5, lines);
  const expected = quantile(0.5);
  const lowest = quantile(Math.max(1e-9, 0.5 - stray));
  const highest = quantile(Math.min(1, 0.5 + stray));
  return { expected, tolerance: Math.max(expected - lowest, highest - expected) + 1e-9 };
}

function margin(shape: NorthwindShape): Expectation {
  const { counts, distributions } = shape;
  const margins = categoryMargins(distributions);
  const level = costLevels(shape).at(-1)!;
  let total = 0;
  for (let product = 0; product < counts.products; product++) {
    total += 1 - level * (1 - margins[categoryOf(product)]!);
  }
  const spread = distributions["margin.spread"];
  // Evenly up to the spread on both sides, and a cost is rounded to a cent where the cheapest product has 95.
  const deviation = Math.hypot(spread, 0.01 / 0.95) / Math.sqrt(3);
  return mean(total / counts.products, deviation, counts.products, 0);
}

function firstSegment({ counts, distributions }: NorthwindShape): Expectation {
  const fidelity = distributions["segments.fidelity"];
  const share = weightShare(distributions["segments.share"], 0);
  const byRank = Math.ceil(share * counts.customers - 0.5) / counts.customers;
  return proportion(fidelity * byRank + (1 - fidelity) * share, counts.customers);
}

function weightShare(weights: readonly number[], outcome: number): number {
  return weights[outcome]! / sum(weights, (weight) => weight);
}

function sum<T>(values: Iterable<T>, valueOf: (value: T, index: number) => number): number {
  let total = 0;
  let index = 0;
  for (const value of values) total += valueOf(value, index++);
  return total;
}
