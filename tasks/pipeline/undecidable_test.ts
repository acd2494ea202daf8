import assert from "node:assert/strict";
import { join } from "node:path";
import { loadScenario } from "../load/scenario.ts";
import { undecidable } from "./undecidable.ts";

const ROOT = join(import.meta.dirname!, "../..");

async function said(name: string, given: object = {}, arms = 3): Promise<string | null> {
  const scenario = await loadScenario(ROOT, name, {});
  const { rate, duration, warmup } = scenario;
  return undecidable(scenario, { loop: "open", rate, duration, warmup, ...given }, arms);
}

Deno.test("every shipped comparison can decide something in its own duration, smoke says that it cannot", async () => {
  for (
    const name of [
      "access-paths",
      "checkout",
      "read-heavy",
      "saas-events",
      "shop-under-change",
      "spike",
      "write-heavy",
    ]
  ) {
    assert.equal(await said(name), null, name);
  }
  assert.match((await said("smoke"))!, /^6 s cannot decide .*, 1 of 8\. Use --duration \d+s\.$/);
  assert.equal(await said("smoke", {}, 1), null);
});

Deno.test("a duration with too few pairs is told before, with one that has as many", async () => {
  const short = await said("access-paths", { duration: 4 });
  assert.match(short!, /too few pairs of blocks for a verdict, 7 of 8\. Use --duration 5s\.$/);
  assert.equal(await said("access-paths", { duration: 5 }), null);
  // At a low rate blocks are joined until they hold something.
  const rare = await said("access-paths", { rate: 2 });
  const [, seconds] = /Use --duration (\d+)s\./.exec(rare!)!;
  assert(Number(seconds) > 54);
  assert.equal(await said("access-paths", { rate: 2, duration: Number(seconds) }), null);
  assert.equal(await said("access-paths", { loop: "closed", duration: 4 }) === null, false);
});
