import assert from "node:assert/strict";
import { join } from "node:path";
import { loadScenario, scenarioNames } from "../load/scenario.ts";
import { unjudgeable } from "./unjudgeable.ts";

const ROOT = join(import.meta.dirname!, "../..");

async function said(
  name: string,
  given: object = {},
  arms = ["sql", "graphql", "sql+cache"],
): Promise<string[]> {
  const scenario = await loadScenario(ROOT, name, {});
  const { rate, duration, slo = null } = scenario;
  return unjudgeable(scenario, { loop: "open", rate, duration, slo, ...given }, arms);
}

Deno.test("the targets of every shipped scenario can be judged in its own duration", async () => {
  for (const name of scenarioNames(ROOT)) assert.deepEqual(await said(name), [], name);
});

Deno.test("a target that so few requests cannot tell is told before, with a duration that would do", async () => {
  const [sentence, ...others] = await said("access-paths", {
    slo: "p95<200ms,p99.9<1s,errors<1%",
    duration: 10,
  });
  assert.deepEqual(others, []);
  const [, seconds] =
    /^Too few requests to judge the target p99\.9<1s: p99\.9 takes 3,688, and 10 s at this rate give each arm about 6\d\d\. Use --duration (\d+)s, or a higher --rate\.$/
      .exec(sentence!)!;
  assert.deepEqual(await said("access-paths", { slo: "p99.9<1s", duration: Number(seconds) }), []);
  assert.deepEqual(await said("access-paths", { slo: "p99.9<1s", duration: 10, rate: 2000 }), []);
  // Fewer arms have more requests each.
  assert.match(
    (await said("access-paths", { slo: "p99.9<1s", duration: 10 }, ["sql"]))[0]!,
    /give each arm about 1,\d+/,
  );
});

Deno.test("an operation has its part of the mix, a window its part of the time, a stream its own rate", async () => {
  const of = (slo: string, name = "access-paths") => said(name, { slo });
  assert.deepEqual(await of("p95<200ms over 5s"), []);
  assert.match(
    (await of("p99<200ms over 1s"))[0]!,
    /1 s at this rate give each arm about \d\d\. Use windows of \d+ s, /,
  );
  const [short, ...others] = await said("access-paths", { slo: "p50<1s over 10s", duration: 8 });
  assert.deepEqual(others, []);
  assert.equal(
    short,
    "Too short to judge the target p50<1s over 10s: a run of 8 s has no window of 10 s. Use --duration 10s or longer.",
  );
  assert.deepEqual(await said("access-paths", { slo: "p50<1s over 10s", duration: 10 }), []);
  for (const slo of ["errors<1% over 10s", "p50<1s over 10s"]) {
    assert.equal((await said("access-paths", { slo, duration: 8, loop: "closed" })).length, 1, slo);
  }
  assert.match((await of("order-insert: p99<1s"))[0]!, /give each arm about \d+\. Use --duration/);
  assert.match((await of("graphql/order-insert: p99<1s"))[0]!, /give graphql about \d+\./);
  assert.deepEqual(await of("order-insert: p95<1s"), []);
  const { streams } = await loadScenario(ROOT, "saas-events", {});
  assert.ok(streams.length > 1);
  for (const { name } of streams) {
    assert.deepEqual(await of(`stream:${name}: p50<1s`, "saas-events"), [], name);
  }
});

Deno.test("nobody knows how many requests a closed loop makes, and a run without targets needs none", async () => {
  assert.deepEqual(await said("access-paths", { loop: "closed", slo: "p99.9<1s", duration: 1 }), []);
  assert.deepEqual(await said("access-paths", { slo: null, duration: 1 }), []);
  assert.deepEqual(await said("access-paths", { slo: "max<1s,errors<1%,throughput>1/s", duration: 1 }), []);
});
