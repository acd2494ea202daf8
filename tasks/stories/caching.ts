import assert from "node:assert/strict";
import { rowsOf } from "./seen.ts";
import { FOR_P95 } from "./short.ts";
import type { Story } from "./story.ts";

/** What docs/caching.md shows; its selfbench has a story among the parts. */
export const CACHING: readonly Story[] = [{
  promise: "a cache's strategy is set in any scenario, and what it did and promised is told",
  shown: "npx -y deno task bench read-heavy --set strategy=xfetch --set single_flight=all",
  typed:
    `npx -y deno task bench read-heavy --set strategy=xfetch --set single_flight=all --paths sql,sql+cache --set cache_ttl=1 --set verify=1 ${FOR_P95} --no-report --json`,
  ends: "judged",
  async judge({ summary }) {
    const [cache] = summary.caches!;
    assert.deepEqual([cache!.arm, cache!.strategy, cache!.age!.older], ["sql+cache", "xfetch", 0]);
    assert.ok(cache!.map!.own.computed > 0);
    // One of those that are computed was really run.
    const [check, ...more] = cache!.map!.checks!;
    assert.equal(more.length, 0);
    assert.ok(cache!.map!.ttls.includes(check!.ttl) && cache!.map!.memories.includes(check!.memory));
    assert.ok(Math.abs(check!.computed - check!.measured) < 0.2, JSON.stringify(check));
    const [row] = await rowsOf<{ keys: number; hits: number; loads: number }>(
      summary,
      `SELECT count(DISTINCT key_hash)::INTEGER AS keys, count(*) FILTER (cache = 'hit')::INTEGER AS hits,
         count(*) FILTER (loaded)::INTEGER AS loads
       FROM request WHERE run_id = $run AND key_hash IS NOT NULL AND (cache = 'hit') = (age_us IS NOT NULL AND NOT loaded)`,
    );
    assert.ok(row!.keys > 10 && row!.hits > 0 && row!.loads > 0, JSON.stringify(row));
  },
}];
