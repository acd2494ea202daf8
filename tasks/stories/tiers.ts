import assert from "node:assert/strict";
import { rowsOf } from "./seen.ts";
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
    judge({ said, summary: { run, operations, tiers } }) {
      assert.deepEqual(tiers!.map(({ tier }) => tier).sort(), ["aggregate", "matview"]);
      assert.deepEqual(tiers!.map(({ arms }) => arms.length).sort(), [1, 2]);
      // A view is a fraction of its tables, whatever the machine does.
      const matview = tiers!.find(({ tier }) => tier === "matview")!;
      assert.ok(matview.arms[0]!.databaseMs! < matview.arms[0]!.tablesMs!);
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
  {
    promise: "a view is refreshed and a batch is added up as often as is said, and each time is kept",
    shown:
      "npx -y deno task bench sales-analytics --paths sql,aggregate,matview --set refresh_every=5 --set aggregate=batch",
    typed:
      `npx -y deno task bench sales-analytics --paths sql,aggregate,matview --set refresh_every=5 --set aggregate=batch --set batch_every=1 --scale tiny --duration 12s --warmup 300ms --no-report --json`,
    ends: "judged",
    async judge({ summary }) {
      const { settings } = summary.run.config;
      assert.deepEqual([settings.refresh_every, settings.aggregate, settings.batch_every], [5, "batch", 1]);
      const kept = await rowsOf<{ tier: string; n: number }>(
        summary,
        "SELECT tier, count(*)::INTEGER AS n FROM tier_refresh WHERE run_id = $run AND outcome = 'ok' GROUP BY tier ORDER BY tier",
      );
      assert.deepEqual(kept.map(({ tier }) => tier), ["aggregate", "matview"]);
      for (const { n } of kept) assert.ok(n >= 2, String(n));
      for (const { upkeep, arms } of summary.tiers!) {
        assert.ok(upkeep!.outcomes.ok! >= 1 && arms[0]!.staleness!.n > 0);
      }
    },
  },
];
