import assert from "node:assert/strict";
import { hitTargetNotes } from "./hit_target.ts";

const cache = { hit: 832, miss: 168, stale: 0, bypass: 0, hitRate: 0.832 };
const SUMMARIES = [
  { arm: "sql", operation: null, cache: null },
  { arm: "sql+cache", operation: null, cache },
  { arm: "sql+cache", operation: "product-by-id", cache },
];

Deno.test("the hit rate that keys were chosen for stands beside what was achieved, once an arm", () => {
  assert.deepEqual(hitTargetNotes(0.85, SUMMARIES), [{
    code: "hit-target",
    text: "The cache answered 83 % of the lookups of sql+cache; the target was 85 %.",
  }]);
});

Deno.test("without such a target nothing is said", () => {
  assert.deepEqual(hitTargetNotes(null, SUMMARIES), []);
});
