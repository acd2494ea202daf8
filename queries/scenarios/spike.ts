import type { Scenario } from "../../tasks/model/scenario.ts";
import { spike } from "../../tasks/model/stages.ts";
import { questions } from "../workloads/access-paths/questions.ts";
import accessPaths from "./access-paths.ts";

const BASE = 60;

/**
 * Five times the usual requests from one moment to the next, and back again: what queues then, and how soon it is
 * as before. Each stage lasts some whole rounds of the three arms, so that the arms meet it alike.
 */
export default {
  name: "spike",
  title: "Reads at a steady rate, five times as many for twelve seconds, and the steady rate again",
  dataset: "northwind",
  workload: "access-paths",
  arrivals: "poisson",
  rate: BASE,
  stages: spike(BASE, 5 * BASE, 24, 12),
  duration: 60,
  warmup: 3,
  // Long blocks: a queue is to build up, and to drain, within one arm's turn.
  block: 2,
  washout: 0.2,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  operations: questions({
    "product-by-id": 35,
    "customer-orders": 25,
    "order-details": 25,
    "product-list": 15,
  }),
  slo: "p95<200ms,errors<1%",
  settings: accessPaths.settings,
} satisfies Scenario;
