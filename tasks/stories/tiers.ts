import assert from "node:assert/strict";
import { FOR_P95 } from "./short.ts";
import type { Story } from "./story.ts";

/** What docs/tiers.md shows. */
export const TIERS: readonly Story[] = [
  {
    promise:
      "a path over a tier is measured beside direct SQL, in a clone of its own, once all answers are equal",
    shown: "npx -y deno task bench sales-analytics --paths sql,aggregate,matview,matview+cache",
    typed:
      `npx -y deno task bench sales-analytics --paths sql,aggregate,matview,matview+cache ${FOR_P95} --no-report --json`,
    ends: "judged",
    judge({ said, summary: { run, operations } }) {
      for (const tier of ["matview", "aggregate"]) {
        assert.match(said, new RegExp(`Make the tier ${tier} by add-${tier}: \\d+ statements`));
      }
      assert.match(said, /Check that all paths return equal results: \d+ results compared/);
      assert.deepEqual(run.config.arms, ["sql", "aggregate", "matview", "matview+cache"]);
      for (const arm of run.config.arms) {
        const all = operations.find((each) => each.arm === arm && each.operation === null)!;
        assert.equal(all.errorRate.value, 0, arm);
      }
    },
  },
];
