import assert from "node:assert/strict";
import { loadScenario } from "../load/scenario.ts";
import { comingRequests } from "./coming_requests.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

Deno.test("the requests that will come are those that a run of the same seed sends", async () => {
  const scenario = await loadScenario(ROOT, "shop-under-change");
  const plan = { seed: 42, loop: "open", rate: 500, warmup: 3, duration: 1812 };
  const arms = ["sql", "graphql", "sql+cache"].map((name) => ({ name }));
  const system = { scenario, plan, arms } as unknown as SystemUnderTest;
  const coming = comingRequests(system, 6);
  // The timings of such a run have these as the first after its 9 s of warm-up and baseline.
  const told = coming.slice(0, 6).map(({ ms, path, operation }) =>
    [ms.toFixed(3), arms[path]!.name, scenario.operations[operation]!.name].join(" ")
  );
  assert.deepEqual(told, [
    "0.542 graphql order",
    "0.647 sql+cache product",
    "2.227 sql+cache order-insert",
    "2.748 sql+cache order",
    "4.228 sql country-orders",
    "5.623 graphql customer-orders",
  ]);
  assert.ok(Math.abs(coming.length - 10_000) < 500);
  assert.deepEqual(comingRequests({ ...system, plan: { ...system.plan, loop: "closed" } }, 6), []);
});
