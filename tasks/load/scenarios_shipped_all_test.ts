import { exerciseShipped } from "./testing_shipped.ts";

Deno.test("every shipped scenario answers alike over all paths, and each of its slots leaves a row", (t) =>
  exerciseShipped(t, ["read-heavy", "shop-under-change", "smoke", "spike", "write-heavy"]));
