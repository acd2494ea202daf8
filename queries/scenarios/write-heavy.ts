import type { Scenario, Settings, Stream } from "../../tasks/model/scenario.ts";
import { questions } from "../workloads/access-paths/questions.ts";
import accessPaths from "./access-paths.ts";

/**
 * Orders come in at a rate of their own, whatever is read beside them: what writes cost over each path, and what
 * they do to the reads. Both streams have their own arrivals, so that each can be raised alone.
 */
export default {
  name: "write-heavy",
  title: "Orders placed one after another, with reads beside them",
  dataset: "northwind",
  workload: "access-paths",
  streams: ({ orders_per_second, reads_per_second }: Settings): Stream[] => [
    {
      name: "orders",
      arrivals: "poisson",
      rate: orders_per_second!,
      operations: questions({ "order-insert": 1 }),
    },
    {
      name: "reads",
      arrivals: "poisson",
      rate: reads_per_second!,
      operations: questions({
        "product-by-id": 35,
        "customer-orders": 25,
        "order-details": 25,
        "product-list": 15,
      }),
    },
  ],
  // 60 rounds of three arms: see access-paths.
  duration: 54,
  warmup: 3,
  block: 0.3,
  washout: 0.03,
  timeout: 5,
  paths: ["sql", "graphql", "sql+cache"],
  slo: "p95<200ms,errors<1%",
  settings: {
    orders_per_second: {
      default: 80,
      min: 0.1,
      max: 100_000,
      unit: "/s",
      describe: "orders placed a second, over all arms",
    },
    reads_per_second: {
      default: 40,
      min: 0.1,
      max: 100_000,
      unit: "/s",
      describe: "questions asked a second, over all arms",
    },
    ...accessPaths.settings,
  },
} satisfies Scenario;
