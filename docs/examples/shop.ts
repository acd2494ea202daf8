import type { Scenario } from "../../tasks/model/scenario.ts";

/** A shop as somebody may have it: reads and sessions that buy, over tables that are there already. */
export default {
  name: "shop-example",
  title: "A shop of one's own: what is looked at, and visits that buy",
  dataset: {
    // Served by GraphQL, and counted.
    schemas: ["shop"],
    // Only for the embedded server: on DATABASE_URL the tables are there already.
    setup: "shop/setup.sql",
    undo: "shop/undo.sql",
    // Above every purchase of the shop: each request that writes gets a key of its own from here on.
    keys: { purchases: { from: 1_000_000_000 } },
  },
  workload: "./shop",
  sources: { visitors: { sql: "shop/visitors.sql" } },
  duration: 12,
  warmup: 1,
  block: 0.5,
  washout: 0.05,
  timeout: 5,
  paths: ["sql", "graphql"],
  streams: [
    {
      name: "looking",
      arrivals: "poisson",
      rate: 60,
      operations: [
        {
          name: "products-of-category",
          weight: 1,
          params: { category: { kind: "choice", values: ["books", "music", "games"], weights: [6, 3, 1] } },
        },
      ],
    },
    {
      name: "visits",
      arrivals: "poisson",
      // Visits; each makes two requests.
      rate: 10,
      session: { think: { kind: "exponential", seconds: 0.1 } },
      // A session asks each of them once, in this order; the weight counts only where all operations are compared.
      operations: [
        { name: "product", weight: 1, params: { product_id: { kind: "integer", min: 1, max: 300 } } },
        {
          name: "buy",
          weight: 1,
          write: true,
          params: {
            purchase_id: { kind: "reserved", keys: "purchases" },
            visitor_id: { kind: "source", source: "visitors", column: "visitor_id", pick: "zipf", s: 0.8 },
            product_id: { kind: "captured", from: "product", column: "product_id" },
            quantity: { kind: "integer", min: 1, max: 3 },
          },
        },
      ],
    },
  ],
  slo: "p95<200ms,errors<1%",
  settings: {},
} satisfies Scenario;
