import assert from "node:assert/strict";
import { parseAutocannon } from "./autocannon.ts";

Deno.test("autocannon's rate counts only where all its answers were right", () => {
  const report = { requests: { total: 50_000 }, duration: 5, errors: 0, non2xx: 0 };
  assert.deepEqual(parseAutocannon(JSON.stringify(report)), { rate: 10_000 });
  assert.deepEqual(parseAutocannon(JSON.stringify({ ...report, non2xx: 1 })), {
    failure: "0 errors and 1 answers other than 2xx",
  });
  assert.deepEqual(parseAutocannon("Usage:\n"), { failure: "Usage:" });
});
