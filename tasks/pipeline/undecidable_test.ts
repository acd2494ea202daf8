import assert from "node:assert/strict";
import { join } from "node:path";
import { loadScenario } from "../load/scenario.ts";
import { neverEarly, undecidable } from "./undecidable.ts";

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

Deno.test("a run that is to end when it knows says where it cannot end earlier", () => {
  const looked = (duration: number, arms: string[], untilDecided: number | undefined = 0.05) =>
    neverEarly({
      scenario: { block: 0.2 },
      plan: { duration, untilDecided },
      arms: arms.map((name) => ({ name })),
    });
  assert.equal(looked(60, ["sql", "twin"]), null);
  assert.match(looked(8, ["sql", "twin"])!, /^8 s are too short .* looked at once, at its end/);
  assert.match(looked(60, ["sql"])!, /no arm but sql is to be had/);
  assert.equal(neverEarly({ scenario: { block: 2 }, plan: { duration: 1 }, arms: [] }), null);
});
