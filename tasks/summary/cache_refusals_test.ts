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

Deno.test("what is no entry of its key is told as such, and what a stall means is said", () => {
  const row = { arm: "sql+cache", doing: "read" as const, n: 2 };
  const reason = "CHANGED an entry is not what was stored under its key";
  const [damaged, stalled] = refusalWarnings([{ ...row, reason }, {
    ...row,
    reason: "STALLED no answer within 500 ms",
  }]);
  assert.equal(damaged!.code, "cache-damaged-entries");
  assert.match(
    damaged!.text,
    /^2 lookups of sql\+cache found no sound entry under the key: an entry is not what was stored/,
  );
  assert.match(stalled!.text, /^The cache refused 2 lookups .* The connection was given up/);
});

Deno.test("versions of tags that were not taken are told with what follows for hits", () => {
  const reason = "TAG OOM command not allowed.";
  assert.deepEqual(refusalWarnings([{ arm: "sql+cache", doing: "write", reason, n: 2 }]), [{
    code: "cache-refused-writes",
    text:
      "The cache refused 2 writes of sql+cache that could not outdate entries: hits may be out of date. " +
      "OOM command not allowed.",
  }]);
});
