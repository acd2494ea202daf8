import assert from "node:assert/strict";
import { type FoundRows, judgeInserted } from "./inserted.ts";

const times = (n: number): FoundRows => ({ rows: 3 * n, least: n, most: n, others: 0 });
const judged = (
  outcome: "ok" | "failed" | "unknown" | null,
  parts: readonly (FoundRows | null)[],
  doubtful = outcome === "unknown" ? 1 : 0,
) => {
  const { verified, problem } = judgeInserted({ outcome, doubtful }, parts);
  return problem ?? verified;
};

Deno.test("an acknowledged write is there once, a refused one not at all, an unknown one once or not at all", () => {
  assert.equal(judged("ok", [times(1), times(1)]), true);
  assert.equal(judged("ok", [times(0), times(0)]), "lost");
  assert.equal(judged("ok", [times(2), times(2)]), "duplicate");
  assert.equal(judged("failed", [times(0)]), true);
  assert.equal(judged("failed", [times(1)]), "refused but present");
  assert.equal(judged(null, [times(1)]), "refused but present");
  assert.equal(judged("unknown", [times(1)]), true);
  assert.equal(judged("unknown", [times(0)]), false);
  assert.equal(judged("unknown", [times(2)]), "duplicate");
});

Deno.test("attempts that nobody answered may be there besides the one that was", () => {
  assert.equal(judged("ok", [times(2), times(2)], 1), true);
  assert.equal(judged("ok", [times(3), times(3)], 1), "duplicate");
  assert.equal(judged("unknown", [times(2)], 2), true);
});

Deno.test("of a write all rows are there or none, in all its tables", () => {
  for (const outcome of ["ok", "unknown"] as const) {
    assert.equal(judged(outcome, [times(1), times(0)]), "lost");
    assert.equal(judged(outcome, [times(1), { rows: 2, least: 0, most: 1, others: 0 }]), "lost");
    assert.equal(judged(outcome, [times(1), { rows: 3, least: 0, most: 1, others: 1 }]), "overwritten");
    assert.equal(judged(outcome, [times(1), { rows: 4, least: 1, most: 2, others: 0 }]), "duplicate");
    assert.equal(judged(outcome, [times(1), { rows: 4, least: 1, most: 1, others: 1 }]), "duplicate");
    assert.equal(judged(outcome, [times(1), times(2)], 1), "duplicate");
  }
});

Deno.test("what cannot be looked at is not verified, and what can be is judged all the same", () => {
  assert.equal(judged("ok", [null, times(1)]), null);
  assert.equal(judged("ok", [null, times(0)]), "lost");
  assert.equal(judged("ok", [null, null]), null);
  assert.equal(judged("failed", [null, times(0)]), null);
});
