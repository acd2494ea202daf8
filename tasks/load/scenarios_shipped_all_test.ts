import { exerciseShipped } from "./testing_shipped.ts";

// Those of sales-analytics are asked where its tiers are: tiers_all_test.ts.
const NAMES = [
  "access-paths",
  "checkout",
  "read-heavy",
  "saas-events",
  "shop-under-change",
  "smoke",
  "spike",
  "write-heavy",
];

Deno.test("every shipped scenario answers alike over all paths, and each of its slots leaves a row", (t) =>
  exerciseShipped(t, NAMES));
