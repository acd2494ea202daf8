import type { Scenario } from "../../tasks/model/scenario.ts";

/**
 * Customers on their way through a shop: each looks at a list, at a product of it, at the orders of an account,
 * and orders that product. Customers arrive whatever becomes of those before them; each waits for an answer, and
 * thinks, before going on.
 */
export default {
  name: "checkout",
  title: "Journeys through a shop: a list, a product, an account, an order",
  dataset: "northwind",
  workload: "checkout",
  // 60 rounds of three arms: see access-paths. A journey outlasts a block: each of its steps counts for the arm
  // that answered it.
  duration: 54,
  warmup: 3,
  block: 0.3,
  washout: 0.03,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  streams: [{
    name: "customers",
    arrivals: "poisson",
    // Journeys; each makes four requests.
    rate: 25,
    session: { think: { kind: "exponential", seconds: 0.5 } },
    operations: [
      {
        name: "product-list",
        weight: 1,
        params: {
          from_product: { kind: "zipf", keys: "products", s: 1 },
          page_size: { kind: "choice", values: [20] },
        },
      },
      {
        name: "product",
        weight: 1,
        params: { product_id: { kind: "captured", from: "product-list", column: "product_id" } },
      },
      {
        name: "customer-orders",
        weight: 1,
        params: {
          customer_id: { kind: "zipf", keys: "customers", s: 0.8 },
          until: { kind: "choice", values: ["2025-12-31"] },
          page_size: { kind: "choice", values: [10] },
        },
      },
      {
        name: "place-order",
        weight: 1,
        write: true,
        params: {
          order_id: { kind: "reserved", keys: "reserved_orders" },
          customer_id: { kind: "captured", from: "customer-orders", column: "customer_id" },
          product_id: { kind: "captured", from: "product-list", column: "product_id" },
          quantity: { kind: "integer", min: 1, max: 12 },
          employee_id: { kind: "uniform", keys: "employees" },
          // Beyond every date that the reads ask for: what one arm writes changes no other arm's answers.
          order_date: { kind: "choice", values: ["2030-01-01"] },
          ship_via: { kind: "uniform", keys: "shippers" },
          freight: { kind: "integer", min: 1, max: 50 },
        },
      },
    ],
  }],
  slo: "p95<200ms,errors<1%",
  settings: {
    cache_ttl: {
      default: 60,
      min: 1,
      max: 86_400,
      unit: "s",
      describe: "how long a cached answer lives, ± 10 % jitter",
    },
  },
} satisfies Scenario;
