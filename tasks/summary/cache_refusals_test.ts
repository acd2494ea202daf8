import assert from "node:assert/strict";
import { refusalWarnings } from "./cache_refusals.ts";

Deno.test("what a cache refuses is a warning with its number, Redis's words and what they mean", () => {
  const row = { arm: "sql+cache", doing: "write" as const, reason: "OOM command not allowed.", n: 1234 };
  assert.deepEqual(refusalWarnings([row, { ...row, doing: "read", reason: "odd", n: 1 }]), [
    {
      code: "cache-refused-writes",
      text: "The cache refused 1,234 writes of sql+cache: OOM command not allowed. " +
        "It is full and its maxmemory-policy evicts nothing: entries that it refuses are misses.",
    },
    { code: "cache-refused-reads", text: "The cache refused 1 lookup of sql+cache: odd." },
  ]);
  assert.deepEqual(refusalWarnings([]), []);
});
