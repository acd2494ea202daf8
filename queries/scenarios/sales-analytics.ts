import type { Draw, Scenario } from "../../tasks/model/scenario.ts";
import { TIER_SETTINGS } from "../../tasks/model/tier_settings.ts";
import accessPaths from "./access-paths.ts";

/** Some whole months, most often recent ones, and a page of the answer, most often the first. */
const page: Readonly<Record<string, Draw>> = {
  from_month: { kind: "recent", keys: "months", mean: 0.15 },
  months: { kind: "choice", values: [1, 3, 12], weights: [50, 30, 20] },
  page_size: { kind: "choice", values: [10] },
  skip: { kind: "choice", values: [0, 10], weights: [85, 15] },
};

const DASHBOARDS = [
  "sales-overview",
  "product-performance",
  "customer-value",
  "sales-rep-leaderboard",
  "supplier-profitability",
];

/**
 * The dashboards of a trading company, of months, for a country, a category or a segment, page by page, while orders come in and
 * are shipped: what the dashboards say changes all the time.
 */
export default {
  name: "sales-analytics",
  title: "Sales dashboards by month, while orders are placed and shipped",
  dataset: "northwind",
  workload: "sales-analytics",
  streams: [{
    name: "dashboards",
    arrivals: "poisson",
    rate: 40,
    operations: [
      {
        name: "sales-overview",
        weight: 30,
        params: { country: { kind: "zipf", keys: "countries", s: 0.8 }, ...page },
      },
      {
        name: "product-performance",
        weight: 30,
        params: { category_id: { kind: "zipf", keys: "categories", s: 0.5 }, ...page },
      },
      {
        name: "customer-value",
        weight: 10,
        params: { segment_id: { kind: "zipf", keys: "segments", s: 0.5 }, ...page },
      },
      {
        name: "sales-rep-leaderboard",
        weight: 20,
        params: {
          country: { kind: "choice", values: ["USA", "UK"], weights: [60, 40] },
          ...page,
          // Targets are set for quarters.
          from_month: { kind: "recent", keys: "quarters", mean: 0.15 },
          months: { kind: "choice", values: [3, 12], weights: [80, 20] },
        },
      },
      {
        name: "supplier-profitability",
        weight: 10,
        params: { most_percent: { kind: "choice", values: [25, 30, 35] }, ...page },
      },
    ],
  }, {
    name: "orders",
    arrivals: "poisson",
    // Orders; each is placed, and shipped a little later.
    rate: 4,
    session: { think: { kind: "exponential", seconds: 0.5 } },
    operations: [
      {
        name: "place-order",
        weight: 5,
        write: true,
        // Each shows sums over many orders: which answers one of them changes is not told by its values.
        outdates: DASHBOARDS,
        params: {
          order_id: { kind: "reserved", keys: "reserved_orders" },
          customer_id: { kind: "zipf", keys: "customers", s: 0.8 },
          employee_id: { kind: "uniform", keys: "employees" },
          // Within the months that are asked for: what a tier keeps goes stale.
          order_date: { kind: "choice", values: ["2025-12-31"] },
          ship_via: { kind: "uniform", keys: "shippers" },
          freight: { kind: "integer", min: 1, max: 200 },
          product_ids: { kind: "sample", keys: "products", count: 3 },
          quantities: { kind: "integers", min: 1, max: 40, count: 3 },
        },
      },
      {
        name: "ship-order",
        weight: 5,
        write: true,
        params: {
          order_id: { kind: "captured", from: "place-order", column: "order_id" },
          shipped_date: { kind: "choice", values: ["2026-01-02"] },
        },
      },
    ],
  }],
  // 60 rounds of three arms: see access-paths.
  duration: 54,
  warmup: 3,
  block: 0.3,
  washout: 0.03,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  slo: "p95<200ms,errors<1%",
  settings: { ...accessPaths.settings, ...TIER_SETTINGS },
} satisfies Scenario;
