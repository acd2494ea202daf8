import type { Scenario } from "../../tasks/model/scenario.ts";

/**
 * The same questions over each access path: what GraphQL costs against direct SQL, and what a cache gives
 * back. The rate leaves a small machine room: what is compared is the paths, not their queues.
 */
export default {
  name: "access-paths",
  title: "The same questions by direct SQL, by GraphQL and through a Redis cache",
  dataset: "northwind",
  workload: "access-paths",
  arrivals: "poisson",
  rate: 200,
  // 90 rounds of three arms: what a minute can show depends on how many requests and how many pairs of blocks it has,
  // not on their length, and what a machine does beside changes less from one short block to the next. A block still
  // holds half a dozen requests of every question that is asked often.
  duration: 54,
  warmup: 3,
  block: 0.2,
  washout: 0.02,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  operations: [
    {
      name: "product-by-id",
      weight: 29,
      params: { product_id: { kind: "zipf", keys: "products", s: 1 } },
    },
    {
      name: "customer-orders",
      weight: 20,
      tag: ["customer_id"],
      params: {
        customer_id: { kind: "zipf", keys: "customers", s: 0.8 },
        until: { kind: "choice", values: ["2025-12-31"] },
        page_size: { kind: "choice", values: [10] },
      },
    },
    {
      name: "order-details",
      weight: 20,
      params: { order_id: { kind: "recent", keys: "orders", mean: 0.1 } },
    },
    {
      name: "product-list",
      weight: 15,
      params: {
        category_id: { kind: "zipf", keys: "categories", s: 0.5 },
        most: { kind: "choice", values: [25, 50, 100] },
        page_size: { kind: "choice", values: [20] },
        skip: { kind: "choice", values: [0, 20, 40], weights: [80, 15, 5] },
      },
    },
    {
      name: "sales-by-employee",
      weight: 8,
      params: {
        from_date: { kind: "uniform", keys: "order_dates" },
        to_date: { kind: "after", of: "from_date", days: 90 },
      },
    },
    {
      name: "order-insert",
      weight: 8,
      write: true,
      outdates: ["customer-orders"],
      params: {
        order_id: { kind: "reserved", keys: "reserved_orders" },
        customer_id: { kind: "uniform", keys: "customers" },
        employee_id: { kind: "uniform", keys: "employees" },
        // Beyond every date that the reads ask for: what one arm writes changes no other arm's answers.
        order_date: { kind: "choice", values: ["2030-01-01"] },
        ship_via: { kind: "uniform", keys: "shippers" },
        freight: { kind: "integer", min: 1, max: 200 },
        product_ids: { kind: "sample", keys: "products", count: 3 },
        quantities: { kind: "integers", min: 1, max: 40, count: 3 },
      },
    },
  ],
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
