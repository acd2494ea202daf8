import type { Scenario, ScenarioOperation, Settings, Stream } from "../../tasks/model/scenario.ts";
import accessPaths from "./access-paths.ts";

const until = { kind: "choice", values: ["2025-12-31"] } as const;
const page_size = { kind: "choice", values: [10] } as const;

/** With the weights that they have where a fifth of the load writes. */
const READS: readonly ScenarioOperation[] = [
  {
    name: "product",
    weight: 24,
    params: { product_id: { kind: "zipf", keys: "products", s: 1 } },
  },
  {
    name: "order",
    weight: 24,
    params: { order_id: { kind: "recent", keys: "orders", mean: 0.1 } },
  },
  {
    name: "customer-orders",
    weight: 22,
    params: { customer_id: { kind: "zipf", keys: "customers", s: 0.8 }, until, page_size },
    tag: ["customer_id"],
  },
  {
    name: "country-orders",
    weight: 6,
    params: { country: { kind: "zipf", keys: "countries", s: 0.5 }, until, page_size },
  },
  {
    name: "sales-by-category",
    weight: 4,
    params: {
      from_date: { kind: "uniform", keys: "order_dates" },
      to_date: { kind: "after", of: "from_date", days: 1 },
    },
  },
];

/** One row by one statement each. */
const WRITES: readonly ScenarioOperation[] = [
  {
    name: "order-insert",
    weight: 12,
    write: true,
    // Where that is asked for (`--set invalidate=tags`).
    outdates: ["customer-orders"],
    params: {
      order_id: { kind: "reserved", keys: "reserved_orders" },
      customer_id: { kind: "uniform", keys: "customers" },
      employee_id: { kind: "uniform", keys: "employees" },
      // Beyond every date that the reads ask for: what one arm writes changes no other arm's answers.
      order_date: { kind: "choice", values: ["2026-01-15"] },
      ship_via: { kind: "uniform", keys: "shippers" },
      freight: { kind: "integer", min: 1, max: 200 },
      ship_city: { kind: "choice", values: ["London", "Paris", "Berlin", "Madrid", "Lyon"] },
    },
  },
  {
    name: "order-update",
    weight: 8,
    write: true,
    params: {
      // The same ones again and again: one write must not undo a later one.
      order_id: { kind: "zipf", keys: "orders", s: 0.8 },
      // Read by no question.
      ship_name: { kind: "reserved", keys: "reserved_names" },
    },
  },
];

/** So many of a hundred requests write where nobody says otherwise: the weights above add up to that. */
const WRITE_SHARE = 20;

/**
 * A shop that goes on selling while its database is changed: the load of migrations. It reads and writes what they
 * change, so that nobody could rename, drop or lock that unnoticed. A fifth of it writes, unless `write_share` says otherwise.
 */
export default {
  name: "shop-under-change",
  title: "A shop that goes on selling while its database is changed",
  dataset: "northwind",
  workload: "shop-under-change",
  streams: ({ write_share }: Settings): Stream[] => [{
    name: "main",
    arrivals: "poisson",
    rate: 500,
    operations: [
      ...weighted(READS, (100 - write_share!) / (100 - WRITE_SHARE)),
      ...write_share === 0 ? [] : weighted(WRITES, write_share! / WRITE_SHARE),
    ],
  }],
  // 60 rounds of three arms: see access-paths.
  duration: 54,
  warmup: 3,
  block: 0.3,
  washout: 0.03,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  // No response time: a migration is judged against the time before it.
  slo: "errors<1%",
  settings: {
    write_share: {
      default: WRITE_SHARE,
      min: 0,
      max: 99,
      unit: "%",
      describe: "requests that write, of all; 0: it only reads",
    },
    ...accessPaths.settings,
  },
} satisfies Scenario;

function weighted(operations: readonly ScenarioOperation[], times: number): ScenarioOperation[] {
  return operations.map((operation) => ({ ...operation, weight: times * operation.weight }));
}
