import type { Scenario } from "../../tasks/model/scenario.ts";
import { questions } from "../workloads/access-paths/questions.ts";
import accessPaths from "./access-paths.ts";

/**
 * Every question of access-paths over every path, for some seconds and at a low rate: whether everything works,
 * in CI or on a new machine. It is too short to compare anything.
 */
export default {
  name: "smoke",
  title: "Every question over every path, for a few seconds",
  dataset: "northwind",
  workload: "access-paths",
  arrivals: "constant",
  rate: 40,
  duration: 6,
  warmup: 1,
  // One block an arm: nothing is compared, and nothing is lost to washouts.
  block: 2,
  washout: 0.2,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  // At equal weights each question comes about a dozen times over each path: none is left out by chance.
  operations: questions({
    "product-by-id": 1,
    "customer-orders": 1,
    "order-details": 1,
    "product-list": 1,
    "sales-by-employee": 1,
    "order-insert": 1,
  }),
  slo: "errors<1%",
  settings: accessPaths.settings,
} satisfies Scenario;
