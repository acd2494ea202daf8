import type { Scenario } from "../../tasks/model/scenario.ts";
import { questions } from "../workloads/access-paths/questions.ts";
import accessPaths from "./access-paths.ts";

/** A shop on an ordinary day: nearly everyone looks, and what many look at lies in the cache. */
export default {
  name: "read-heavy",
  title: "95 % reads, most of them of what is popular",
  dataset: "northwind",
  workload: "access-paths",
  arrivals: "poisson",
  rate: 150,
  // 60 rounds of three arms: see access-paths.
  duration: 54,
  warmup: 3,
  block: 0.3,
  washout: 0.03,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  // Of each hundred requests, 95 read.
  operations: questions({
    "product-by-id": 32,
    "customer-orders": 21,
    "order-details": 21,
    "product-list": 17,
    "sales-by-employee": 4,
    "order-insert": 5,
  }),
  slo: "p95<200ms,errors<1%",
  settings: accessPaths.settings,
} satisfies Scenario;
